import { entryName, type Case } from './case'
import { isOf, type Happened } from './events'
import { textOf } from './instants'
import { tickDue } from './outage'
import { Failed } from './report'
import type { Opening } from './state'

/** How long a busy server may be late with a tick while it goes on to take other things. */
const LATE_MS = 10_000
const MOST_SLOTS = 4096

/**
 * Step 6, beside the phases: ticks have the timetable's size and cadence. A server that was away ticks when it is back;
 * one that is up does not go on taking entries without the tick that is due.
 */
export class Punctual {
  /** When the server was first seen to be up although a tick was due. */
  private overdueSince: number | null = null

  /** The next entry, and the state that it met. */
  see(bundle: Case, happened: Happened, at: number, opening: Opening): void {
    if (isOf(happened, 'Ticked')) this.tick(bundle, happened, at, opening)
    else this.other(happened, at, opening)
  }

  private tick({ main }: Case, { event, shown }: Happened<'Ticked'>, at: number, opening: Opening): void {
    const { slots, every_ms } = opening.cadence()
    if (![slots, MOST_SLOTS].includes(event.slots)) throw new Failed(entryName(shown), 'oddSlots')
    const next = main[shown.seq]?.event?.at
    const early = at < (opening.lastTickAt ?? -Infinity) + every_ms
    // The tick that a close brings with it, at the same instant, waits for no cadence.
    if (early && next !== textOf(at)) throw new Failed(entryName(shown), 'tickTooEarly')
    this.overdueSince = null
  }

  private other({ shown }: Happened, at: number, opening: Opening): void {
    if (!(opening.timetable && tickDue(opening).some((due) => due < at))) {
      this.overdueSince = null
      return
    }
    this.overdueSince = Math.min(this.overdueSince ?? at, at)
    if (at > this.overdueSince + LATE_MS) throw new Failed(entryName(shown), 'tickMissing')
  }
}
