/** What this page has seen for itself, again with every entry: only then is anything given up. */

import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import type { Sitting } from '../opening/desk/acts'
import { Refused } from '../timeline/refused'
import { examine, prove, type Finding, type Proven } from './checks'
import type { Custody } from './custody'
import { Broken, Seen } from './seen'
import { useCustodianWords } from './words'

const AGAIN_MS = 3000

/** Checks while `wanted`; what is found is null before it has looked, `proven` null unless everything holds. */
export function useProof(custody: Custody, sitting: () => Sitting, wanted: () => boolean) {
  const { t } = useCustodianWords()
  const findings = shallowRef<readonly Finding[] | null>(null)
  const proven = shallowRef<Proven | null>(null)
  const holds = computed(() => findings.value?.every(({ why }) => !why) ?? false)

  function seen(): Seen {
    if (!custody.trust.value) throw new Broken('notSignedByLog')
    return new Seen(sitting().timeline, custody.trust.value, Date.now())
  }

  /** Again with every entry that comes; and while something fails also with time, on which one check depends. */
  const turn = ref(0)
  let next: ReturnType<typeof setTimeout> | undefined
  watch(
    () => [sitting().timeline.main.length, custody.trust.value, wanted(), turn.value] as const,
    ([, trust, now]) => {
      clearTimeout(next)
      if (now && trust) void check()
    },
    { immediate: true },
  )

  async function check(): Promise<void> {
    const now = seen()
    const found = await examine(now)
    findings.value = found
    proven.value = found.every(({ why }) => !why) ? await prove(now) : null
    clearTimeout(next)
    if (!proven.value) next = setTimeout(() => (turn.value += 1), AGAIN_MS)
  }
  onScopeDispose(() => {
    clearTimeout(next)
  })

  /** Do it as seen at this very moment; what does not hold then is said in words, and nothing was signed. */
  async function onProof(act: (now: Seen) => Promise<void>): Promise<void> {
    try {
      await act(seen())
    } catch (thrown) {
      if (!(thrown instanceof Broken)) throw thrown
      const why = t(`why.${thrown.why}`, { detail: thrown.detail })
      throw Refused.because(thrown.why, why, why)
    }
  }
  return { findings, proven, holds, onProof }
}
