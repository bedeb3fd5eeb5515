import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { effectScope } from 'vue'
import type { Score } from '../../wire'
import { useDraft } from './draft'

const score = (points: string): Score => ({ target: 'c-1', item: 'plan', points })

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

it('saves the latest after a moment of quiet, once', async () => {
  const save = vi.fn(() => Promise.resolve())
  const draft = effectScope().run(() => useDraft(save))!
  draft.keep([score('1')])
  draft.keep([score('2')])
  await vi.advanceTimersByTimeAsync(2000)
  expect(save.mock.calls).toEqual([[[score('2')]]])
  expect(draft.state.value).toBe('saved')
})

it('says what is not kept, and tries again until it is', async () => {
  const save = vi.fn().mockRejectedValueOnce(new Error('away')).mockResolvedValue(undefined)
  const draft = effectScope().run(() => useDraft(save))!
  draft.keep([score('3')])
  await vi.advanceTimersByTimeAsync(1000)
  expect(draft.state.value).toBe('unsaved')
  await vi.advanceTimersByTimeAsync(5000)
  expect(draft.state.value).toBe('saved')
  expect(save).toHaveBeenCalledTimes(2)
})
