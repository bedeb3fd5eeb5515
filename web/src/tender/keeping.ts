import { onScopeDispose, ref, watch } from 'vue'
import { drafts, type Draft } from './draft'

const PAUSE_MS = 300

/** The draft of this id, kept again shortly after every change. `missing` once it is known not to be there. */
export function useDraft(id: string) {
  const draft = ref<Draft | null>(null)
  const missing = ref(false)
  const state = ref<'saved' | 'saving' | 'notSaved'>('saved')
  let waiting: ReturnType<typeof setTimeout> | undefined
  let scheduled = false

  async function load(): Promise<void> {
    draft.value = (await drafts.get(id).catch(() => undefined)) ?? null
    missing.value = !draft.value
    watch(draft, later, { deep: true })
  }

  function later(): void {
    state.value = 'saving'
    clearTimeout(waiting)
    waiting = setTimeout(() => void save(), PAUSE_MS)
  }

  async function save(): Promise<void> {
    clearTimeout(waiting)
    if (!draft.value || scheduled) return
    const plain = JSON.parse(JSON.stringify({ ...draft.value, changed: new Date().toISOString() })) as Draft
    try {
      await drafts.put(plain)
      state.value = 'saved'
    } catch {
      state.value = 'notSaved'
    }
  }

  /** Nothing is kept any more: the session is scheduled. */
  function done(): void {
    scheduled = true
  }

  const leave = (): void => {
    if (state.value === 'saving') void save()
  }
  window.addEventListener('pagehide', leave)
  onScopeDispose(() => {
    window.removeEventListener('pagehide', leave)
    leave()
  })
  void load()
  return { draft, missing, state, done }
}
