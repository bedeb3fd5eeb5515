import type { Timeline } from '../timeline/frames'
import type { Happened } from '../timeline/happened'
import { happened } from '../timeline/rows'
import type { BidReadOut, OpeningView } from '../wire'

/** What the timeline tells beyond the present view. */
export interface SoFar {
  /** The name that an entry or the session's list gives a person. */
  readonly names: ReadonlyMap<string, string>
  readonly lastRead: BidReadOut | null
}

export function soFar(timeline: Timeline<OpeningView>): SoFar {
  const events = timeline.main.map(happened).filter((event) => event !== null)
  return {
    names: namesOf(timeline.view, events),
    lastRead: (events.filter(({ type }) => type === 'BidReadOut').pop() ?? null) as BidReadOut | null,
  }
}

function namesOf(view: OpeningView, events: readonly Happened[]): ReadonlyMap<string, string> {
  const names = new Map(Object.values(view.members ?? {}).map(({ person, name }) => [person, name]))
  for (const event of events) {
    const person = event.bidder ?? event.person
    if (typeof person === 'string' && typeof event.name === 'string') names.set(person, event.name)
  }
  return names
}
