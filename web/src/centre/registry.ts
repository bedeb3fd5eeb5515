import { onMounted, shallowRef } from 'vue'
import { useAct } from '../app/act'
import { order, readRegistry, type Order, type Registry } from './office'

/** The registry as this office sees it, read again after every act. */
export function useRegistry() {
  const registry = shallowRef<Registry | null>(null)
  const reading = useAct(async () => {
    registry.value = await readRegistry()
  })
  const ordering = useAct(async (what: Order) => {
    await order(what)
    await reading.go()
  })
  onMounted(() => void reading.go())
  return { registry, reading, ordering }
}
