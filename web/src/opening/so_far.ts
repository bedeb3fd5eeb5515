import type { Timeline } from '../timeline/frames'
import type { Happened } from '../timeline/happened'
import { happened } from '../timeline/rows'
import { said } from '../timeline/said'
import type { BidReadOut, OpeningView, Signed } from '../wire'

/** What the timeline tells beyond the present view. */
export interface SoFar {
  /** The name that an entry or the session's list gives a person. */
  readonly names: ReadonlyMap<string, string>
  readonly lastRead: BidReadOut | null
  /** Custodians who were taken off a list. */
  readonly struck: ReadonlySet<string>
}

export function soFar(timeline: Timeline<OpeningView>): SoFar {
  const events = timeline.main.map(happened).filter((event) => event !== null)
  return {
    names: namesOf(timeline.view, events),
    lastRead: (events.filter(({ type }) => type === 'BidReadOut').pop() ?? null) as BidReadOut | null,
    struck: struckIn(events),
  }
}

interface Strike {
  readonly person: string
}

function struckIn(events: readonly Happened[]): ReadonlySet<string> {
  const strikes = events
    .filter(({ type }) => type === 'CustodianStruck')
    .map(({ signed }) => said((signed as Signed).statement) as Strike | null)
    .filter((strike) => strike !== null)
  return new Set(strikes.map(({ person }) => person))
}

function namesOf(view: OpeningView, events: readonly Happened[]): ReadonlyMap<string, string> {
  const names = new Map(Object.values(view.members ?? {}).map(({ person, name }) => [person, name]))
  for (const event of events) {
    const person = event.bidder ?? event.person
    if (typeof person === 'string' && typeof event.name === 'string') names.set(person, event.name)
  }
  return names
}
