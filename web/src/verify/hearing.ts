import { entryName, type Case } from './case'
import { isOf, type Happened, type Type } from './events'
import { alike, hashOf, idOf } from './hash'
import { when } from './instants'
import { Failed } from './report'
import { said } from './statements'
import type { Bid } from './held'

/** Step 12, first half: every word heard is its author's and says what its entry tells; silence is what nobody said. */
export function hearing(bundle: Case): void {
  const known = new Known(bundle)
  for (const shown of bundle.main) {
    const happened = bundle.whole(shown)
    const reads = happened && (READERS[happened.event.type] as Reader<Type> | undefined)
    if (happened && reads && !reads(known, happened)) throw new Failed(entryName(shown), 'notWhatWasSaid', happened.event.type)
  }
  bundle.report.holds(12, 'hearing', `${known.objections.size} / ${bundle.state.lineAnswers.size}`)
}

type Reader<K extends Type> = (known: Known, happened: Happened<K>) => boolean

/** What was heard so far, in the order of the timeline. */
class Known {
  readonly aliases = new Map<string, number>()
  readonly objections = new Map<string, number>()
  readonly answered = new Set<number>()
  readonly heard = new Set<string>()
  windowEnds: number | null = null

  constructor(readonly bundle: Case) {}

  /** Whether a bidder was there at the deadline. Of a stopped lot nobody is told who was. */
  tookPart(person: string): boolean {
    return this.bundle.state.tookPart().has(person) || this.bundle.state.stoppedLots().size > 0
  }

  alias(person: string): number {
    if (!this.aliases.has(person)) this.aliases.set(person, this.aliases.size + 1)
    return this.aliases.get(person)!
  }

  /** Whether it has the next number. */
  raised({ event: { signed, number } }: Happened<'LineDisputed' | 'ObjectionRaised'>): boolean {
    this.objections.set(idOf(signed.statement), this.objections.size + 1)
    return number === this.objections.size
  }
}

const READERS: { readonly [K in Type]?: Reader<K> } = {
  Said(known, { event, by }) {
    if (by.role !== 'bidder') return event.alias === null
    return known.tookPart(by.person) && event.alias === known.alias(by.person)
  },
  ConfirmationOpened(known, { event }) {
    known.windowEnds = when(event.ends_at)
    return [...known.bundle.state.bids.values()].every(({ readOut }) => readOut)
  },
  LineConfirmed: line,
  LineDisputed: line,
  ObjectionsOpened(known, { event, at }) {
    const silent = [...known.bundle.state.bids.keys()].filter((bid) => !known.heard.has(bid))
    const waited = known.windowEnds !== null && at >= known.windowEnds
    known.windowEnds = when(event.ends_at)
    return alike(event.silent, silent) && (waited || !silent.length)
  },
  ObjectionRaised(known, happened) {
    const { event } = happened
    const told = said(event.signed.statement, 'objection')
    const [alias, numbered] = [known.alias(event.person), known.raised(happened)]
    const same = alike([told.session, told.person, told.text], [known.bundle.session, event.person, event.text])
    return same && numbered && event.alias === alias && known.tookPart(event.person)
  },
  ObjectionAnswered(known, { event }) {
    const told = said(event.signed.statement, 'answer')
    known.answered.add(event.number)
    const numbered = known.objections.get(told.objection) === event.number
    return numbered && told.session === known.bundle.session && told.text === event.text
  },
  RecordPrepared({ bundle: { state }, ...known }, { at }) {
    if (known.windowEnds === null) return false
    const more = known.answered.size === known.objections.size ? 0 : state.table().windows.objection_ms
    return at >= known.windowEnds + more
  },
  RecordRefused({ bundle }, { event }) {
    const told = said(event.signed.statement, 'record_refusal')
    const stated = [bundle.session, event.person, bundle.state.recordHash, event.reason]
    const same = alike([told.session, told.person, told.record, told.reason], stated)
    return same && bundle.state.signatories().includes(event.person)
  },
  OpeningClosed({ bundle: { state } }, { event }) {
    const answered = new Set([...state.signatures, ...state.refusals])
    return alike(event.silent, state.signatories().filter((person) => !answered.has(person)))
  },
}

function line(known: Known, happened: Happened<'LineConfirmed' | 'LineDisputed'>): boolean {
  const { event } = happened
  const [told, bid] = [said(event.signed.statement, 'confirmation'), known.bundle.state.bids.get(event.bid)]
  if (!bid) return false
  known.heard.add(event.bid)
  const numbered = isOf(happened, 'LineDisputed')
    ? happened.event.text === told.dispute && known.raised(happened)
    : !told.dispute
  const place = [told.session, told.person, told.bid, told.line]
  return numbered && alike(place, [known.bundle.session, bid.bidder, event.bid, lineHash(bid)])
}

/** Of a settled bid as it is read out: what its bidder confirms or disputes. */
function lineHash({ bid, name, lot, settlement }: Bid): string {
  const { outcome, cause, form } = settlement!
  return hashOf({ bid, name, lot, outcome, cause, form })
}
