import { onScopeDispose, ref, type Ref } from 'vue'
import type { Score } from '../../wire'

const QUIET_MS = 800
const AGAIN_MS = 4000

/** Keeps what is on a sheet with the server, a moment after each change, and again until it is kept. */
export function useDraft(save: (scores: readonly Score[]) => Promise<void>): {
  keep: (scores: readonly Score[]) => void
  flush: () => Promise<void>
  state: Ref<'none' | 'saving' | 'saved' | 'unsaved'>
  savedAt: Ref<number | null>
} {
  const state = ref<'none' | 'saving' | 'saved' | 'unsaved'>('none')
  const savedAt = ref<number | null>(null)
  let waiting: readonly Score[] | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let running: Promise<void> | null = null

  function keep(scores: readonly Score[]): void {
    waiting = scores
    state.value = 'saving'
    later(QUIET_MS)
  }

  /** Something was given while the last was on its way. */
  function isWaiting(): boolean {
    return waiting !== null
  }

  function later(ms: number): void {
    clearTimeout(timer)
    timer = setTimeout(() => void flush(), ms)
  }

  function flush(): Promise<void> {
    running ??= run().finally(() => {
      running = null
    })
    return running
  }

  async function run(): Promise<void> {
    clearTimeout(timer)
    const scores = waiting
    if (!scores) return
    waiting = null
    try {
      await save(scores)
      savedAt.value = Date.now()
      state.value = isWaiting() ? 'saving' : 'saved'
    } catch {
      // What came meanwhile is newer.
      waiting ??= scores
      state.value = 'unsaved'
      later(AGAIN_MS)
    }
  }

  onScopeDispose(() => {
    void flush()
    clearTimeout(timer)
  })
  return { keep, flush, state, savedAt }
}
