import type { OpeningView } from '../wire'
import type { Place } from './places'

const ASKS = ['offer_key', 'publish_key', 'publish_share'] as const

export type Ask = (typeof ASKS)[number] | 'wait' | 'drill' | 'struck' | 'done' | 'destroy'

const BEFORE: readonly OpeningView['phase'][] = ['SCHEDULED', 'LOBBY', 'HELD']

/** The one thing for a custodian to do: what the session asks of it, and beyond that what it had better do in time. */
export function askOf({ me, phase }: OpeningView, places: readonly Place[]): Ask {
  const named = places.filter((place) => place.named)
  if (phase === 'ABORTED') return named.length ? 'destroy' : 'wait'
  const asked = ASKS.find((known) => known === me.ask)
  if (asked) return asked
  if (!named.length) return places.some(({ struck }) => struck) ? 'struck' : 'wait'
  return unasked(phase, named)
}

function unasked(phase: OpeningView['phase'], named: readonly Place[]): Ask {
  if (BEFORE.includes(phase)) return named.every(({ drilled }) => drilled) ? 'wait' : 'drill'
  return named.every(isGivenUp) ? 'done' : 'wait'
}

function isGivenUp({ published, opened, aborted }: Place): boolean {
  return published || aborted || opened === 'kept'
}

/** How a key stands. */
export function stateOf(place: Place): 'none' | 'offered' | 'drilled' | 'struck' | 'published' | 'entrusted' | 'aborted' {
  if (place.struck) return 'struck'
  if (place.published) return place.opened === 'published' ? 'published' : 'entrusted'
  if (place.kid === null) return 'none'
  if (place.aborted) return 'aborted'
  return place.drilled ? 'drilled' : 'offered'
}
