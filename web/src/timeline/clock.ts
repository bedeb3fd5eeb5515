/** One question to the server's clock: `sent` and `received` on this page's monotonic clock, all in milliseconds. */
export interface Sample {
  readonly sent: number
  readonly received: number
  readonly server: number
}

/** Server time is `base` + the monotonic clock, wrong by `error` at most. */
export interface Estimate {
  readonly base: number
  readonly error: number
}

/** How far the device may be off before the page says so. */
const TOLERANCE_MS = 2000

/** The sample with the shortest way bounds the error best: the answer was made somewhere within it. */
export function estimate(samples: readonly Sample[]): Estimate | null {
  const quickest = [...samples].sort((a, b) => roundTrip(a) - roundTrip(b))[0]
  if (!quickest) return null
  const middle = (quickest.sent + quickest.received) / 2
  return { base: quickest.server - middle, error: roundTrip(quickest) / 2 }
}

function roundTrip({ sent, received }: Sample): number {
  return received - sent
}

/** How far the device's clock is ahead of the server's, or 0 as long as that may be the measurement's fault. */
export function deviceAhead(estimated: Estimate, monotonic: number, device: number): number {
  const ahead = device - (estimated.base + monotonic)
  return Math.abs(ahead) > TOLERANCE_MS + estimated.error ? ahead : 0
}

/** What is left until an instant: never negative. */
export function left(until: string, now: number): number {
  return Math.max(0, Date.parse(until) - now)
}

/** 1:02:03, or 02:03 under an hour; a second counts until it is over, so 00:00 is the instant itself. */
export function countdown(ms: number): string {
  const seconds = Math.ceil(ms / 1000)
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60].map((part) => String(part).padStart(2, '0'))
  const hours = Math.floor(seconds / 3600)
  return (hours ? [hours, ...parts] : parts).join(':')
}
