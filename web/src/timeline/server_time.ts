import { computed, ref, shallowRef } from 'vue'
import { deviceAhead, estimate, type Estimate, type Sample } from './clock'

const SAMPLES = 5
const PAUSE_MS = 200
const AGAIN_MS = 10 * 60_000
const RETRY_MS = 3000

const estimated = shallowRef<Estimate | null>(null)
const now = ref<number | null>(null)
let started = false
let measuring = false
let nextBeat: ReturnType<typeof setTimeout> | undefined
let nextMeasure: ReturnType<typeof setTimeout> | undefined

/** The server's time in milliseconds, moving on with its seconds; null until it is known. */
export function useServerTime() {
  if (!started) start()
  return { now, ahead }
}

/** How far the device is ahead of it, in milliseconds; 0 while within tolerance. */
const ahead = computed(() =>
  estimated.value && now.value ? deviceAhead(estimated.value, performance.now(), Date.now()) : 0,
)

function start(): void {
  started = true
  void measure()
  // A monotonic clock may stand still while the device sleeps.
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) void measure()
  })
  window.addEventListener('online', () => void measure())
}

async function measure(): Promise<void> {
  if (measuring) return
  measuring = true
  const samples: Sample[] = []
  for (let i = 0; i < SAMPLES; i++) {
    const sample = await ask()
    if (sample) samples.push(sample)
    estimated.value = estimate(samples) ?? estimated.value
    beat()
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
  }
  measuring = false
  clearTimeout(nextMeasure)
  nextMeasure = setTimeout(() => void measure(), samples.length ? AGAIN_MS : RETRY_MS)
}

async function ask(): Promise<Sample | null> {
  const sent = performance.now()
  try {
    const answer = await fetch('/api/time', { cache: 'no-store' })
    const { now: said } = (await answer.json()) as { now: string }
    const server = Date.parse(said)
    return Number.isNaN(server) ? null : { sent, received: performance.now(), server }
  } catch {
    return null
  }
}

/** Read the clock now and at the server's next full second. */
function beat(): void {
  if (!estimated.value) return
  const at = estimated.value.base + performance.now()
  now.value = at
  clearTimeout(nextBeat)
  nextBeat = setTimeout(beat, 1000 - (at % 1000) + 5)
}
