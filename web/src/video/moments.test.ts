import { describe, expect, it } from 'vitest'
import type { Segment } from '../wire'
import { heardAt } from './moments'

const segment = (began: string, seconds: string): Segment => ({
  seat: 'S01', kind: 'audio', number: 0, path: began, sha256: '', size: 1, began, seconds,
})

describe('the moment of an entry', () => {
  const segments = [segment('2026-11-23T02:00:00.000Z', '10.0'), segment('2026-11-23T02:00:05.000Z', '10.0')]

  it('is found in every segment that was being recorded then', () => {
    expect(heardAt(segments, '2026-11-23T02:00:07.500Z')).toEqual([{ number: 0, after: 7.5 }, { number: 1, after: 2.5 }])
  })

  it('is nowhere before the first and after the last', () => {
    expect(heardAt(segments, '2026-11-23T01:59:59.000Z')).toEqual([])
    expect(heardAt(segments, '2026-11-23T02:01:00.000Z')).toEqual([])
  })
})
