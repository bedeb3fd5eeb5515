import { bidderBehind } from './acting'
import { entryName, type Case } from './case'
import { isOf, type Happened, type Type } from './events'
import { alike, hashOf, idOf } from './hash'
import { when } from './instants'
import { readoutLine } from './readout'
import { Failed } from './report'
import { said } from './statements'

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

  /** By first words, one for each bidder. Of a stopped lot nobody is told which consortium somebody spoke for. */
  aliasFits(alias: number | null, bidder: string): boolean {
    const taken = [...this.aliases.values()]
    if (!this.aliases.has(bidder)) {
      const shared = alias !== null && this.bundle.state.stoppedLots().size > 0 && taken.includes(alias)
      this.aliases.set(bidder, shared ? alias : Math.max(0, ...taken) + 1)
    }
    return this.aliases.get(bidder) === alias
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
    const bidder = bidderBehind(known.bundle.state, by.person)
    return known.tookPart(bidder) && known.aliasFits(event.alias, bidder)
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
    const bidder = bidderBehind(known.bundle.state, event.person, event.signed)
    const [spoken, numbered] = [known.aliasFits(event.alias, bidder), known.raised(happened)]
    const same = alike([told.session, told.person, told.text], [known.bundle.session, event.person, event.text])
    return same && numbered && spoken && known.tookPart(bidder)
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
    return same && bundle.state.signatories().includes(bidderBehind(bundle.state, event.person, event.signed))
  },
  OpeningClosed({ bundle: { state } }, { event }) {
    const answered = new Set([...state.signatures, ...state.refusals])
    return alike(event.silent, state.signatories().filter((person) => !answered.has(person)))
  },
}

function line(known: Known, happened: Happened<'LineConfirmed' | 'LineDisputed'>): boolean {
  const { event, by } = happened
  const [told, bid] = [said(event.signed.statement, 'confirmation'), known.bundle.state.bids.get(event.bid)]
  if (!bid) return false
  known.heard.add(event.bid)
  const numbered = isOf(happened, 'LineDisputed')
    ? happened.event.text === told.dispute && known.raised(happened)
    : !told.dispute
  const place = [told.session, told.person, told.bid, told.line]
  const line = hashOf(readoutLine(known.bundle.state, bid))
  return numbered && alike(place, [known.bundle.session, by.person, event.bid, line])
}
