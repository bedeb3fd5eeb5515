import { ref, shallowRef } from 'vue'
import { refusalOf } from '../timeline/refused'
import type { Refusal } from '../wire'

/** Something that a person asks for: under way or not, and why it was not done. */
export function useAct<A extends unknown[]>(run: (...given: A) => Promise<void>) {
  const busy = ref(false)
  const refusal = shallowRef<Refusal | null>(null)

  async function go(...given: A): Promise<void> {
    if (busy.value) return
    busy.value = true
    refusal.value = null
    try {
      await run(...given)
    } catch (thrown) {
      refusal.value = refusalOf(thrown)
    } finally {
      busy.value = false
    }
  }
  return { busy, refusal, go }
}
