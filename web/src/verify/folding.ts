import { unb64 } from '../seal/bytes'
import { FOLDS_OF_THE_COURSE } from './folding_course'
import { FOLDS_OF_THE_HEARING } from './folding_hearing'
import { enter, type Folds } from './fold'
import type { Happened } from './events'
import { byBytes, idOf } from './hash'
import { when } from './instants'
import { kidsOf } from './policies'
import { said } from './statements'
import type { Bid, Opening } from './state'

/** The opening after one more event. Never refuses: what happened, happened. */
export function evolve(opening: Opening, happened: Happened): void {
  const folds = { ...FOLDS, ...FOLDS_OF_THE_HEARING, ...FOLDS_OF_THE_COURSE }
  const fold = folds[happened.event.type] as ((opening: Opening, happened: Happened) => void) | undefined
  fold?.(opening, happened)
}

const FOLDS: Folds = {
  OpeningScheduled(opening, happened) {
    enter(opening, 'SCHEDULED', happened)
    opening.tender = happened.event.tender
    opening.members = new Map(happened.event.members.map((member) => [member.person, member]))
  },
  CustodianKeyOffered(_opening, { event: { signed } }) {
    said(signed.statement, 'custodian_key')
  },
  PolicyPublished(opening, { event: { signed } }) {
    opening.policies.set(idOf(signed.statement), said(signed.statement, 'policy'))
  },
  TimetableSigned(opening, happened) {
    const { statement } = happened.event.signed
    const table = said(statement, 'timetable')
    opening.timetable = table
    opening.timetableId = idOf(statement)
    opening.lastTickAt ??= happened.at
    if (opening.phase === 'LOBBY') opening.endsAt = when(table.deadline)
    if (opening.phase !== 'HELD') return
    enter(opening, 'SCHEDULED', happened)
    opening.close = null
  },
  BidSubmitted(opening, { event, at }) {
    drop(opening, opening.bidOf(event.bidder, event.lot))
    const { bid, bidder, name, lot, version, parts } = event
    const sealed = { releasedAt: null, release: '', sB: '', settlement: null, readOut: false }
    opening.bids.set(bid, { bid, bidder, name, lot, version, parts, submittedAt: at, ...sealed })
  },
  BidWithdrawn(opening, { event: { bidder, lot } }) {
    drop(opening, opening.bidOf(bidder, lot))
  },
  BidderCheckedIn(opening, { event, at }) {
    opening.present.set(event.person, at)
  },
  MemberCheckedIn(opening, { event, at }) {
    opening.present.set(event.person, at)
  },
  LobbyOpened(opening, happened) {
    enter(opening, 'LOBBY', happened, opening.timetable?.deadline)
  },
  Ticked(opening, { shown, at }) {
    opening.uncosigned.set(shown.seq, at)
    opening.lastTickAt = at
  },
  BidsClosed(opening, happened) {
    enter(opening, 'CLOSED_FOR_BIDS', happened)
    opening.close = said(happened.event.close, 'close')
    opening.bids = new Map([...opening.bids].sort(([a], [b]) => byBytes(unb64(a), unb64(b))))
  },
  OpeningHeld(opening, happened) {
    enter(opening, 'HELD', happened)
  },
  CheckpointCosigned(opening, { event: { covers } }) {
    const at = opening.uncosigned.get(covers)
    if (at === undefined) return
    opening.uncosigned = new Map([...opening.uncosigned].filter(([seq]) => seq > covers))
    opening.cosignedAt = at
  },
  RosterPublished(opening, happened) {
    enter(opening, 'ROSTER', happened)
  },
  LotAborted(opening, { event: { lot, cause } }) {
    opening.aborted.set(lot, cause)
    if (cause === 'none_opened') return
    for (const bid of [...opening.bids.values()].filter((other) => other.lot === lot)) {
      opening.bids.delete(bid.bid)
      opening.returned.set(bid.bid, bid)
    }
    opening.questioned = opening.questioned.filter((other) => other !== lot)
  },
  OpeningAborted(opening, happened) {
    enter(opening, 'ABORTED', happened)
    opening.suspension = null
  },
  ReleaseOpened(opening, happened) {
    enter(opening, 'RELEASE', happened, happened.event.ends_at)
  },
  KeyReleased(opening, { event: { bid, signed }, at }) {
    const released = bidNamed(opening, bid)
    released.release = idOf(signed.statement)
    released.sB = said(signed.statement, 'release').s_b
    released.releasedAt = at
  },
  WrongKeyTried(opening, { event: { bid } }) {
    bidNamed(opening, bid)
  },
  WindowClosed(opening, { event }) {
    opening.windowClosed = said(event.window_closed, 'window_closed')
    opening.endsAt = null
  },
  CustodyOpened(opening, happened) {
    enter(opening, 'CUSTODY', happened, happened.event.ends_at)
  },
  KeyPublished(opening, happened) {
    const { kid, seed } = said(happened.event.signed.statement, 'custody')
    opening.keys.set(kid, seed)
    opening.keysBy.push(happened.event.person)
    if (opening.runningPolicies().every((policy) => enoughKeys(opening, policy))) enter(opening, 'UNSEAL', happened)
  },
  BidSettled(opening, { event: { bid, outcome, cause, detail, form } }) {
    bidNamed(opening, bid).settlement = { outcome, cause, detail, form }
  },
  DrawOpened(opening, happened) {
    enter(opening, 'DRAW', happened)
  },
  ReadoutOpened(opening, happened) {
    enter(opening, 'READOUT', happened)
  },
  BidReadOut(opening, { event: { bid }, at }) {
    bidNamed(opening, bid).readOut = true
    opening.waitingSince = at
  },
  ConfirmationOpened(opening, happened) {
    enter(opening, 'CONFIRM', happened, happened.event.ends_at)
  },
  ObjectionsOpened(opening, happened) {
    enter(opening, 'OBJECTION', happened, happened.event.ends_at)
  },
  RecordPrepared(opening, happened) {
    enter(opening, 'RECORD', happened, happened.event.ends_at)
    opening.recordHash = happened.event.hash
  },
  OpeningClosed(opening, happened) {
    enter(opening, 'CLOSED', happened)
  },
}

/** Whether k custodians of this policy have published. */
export function enoughKeys(opening: Opening, policy: Parameters<typeof kidsOf>[0]): boolean {
  return kidsOf(policy).filter((kid) => opening.keys.has(kid)).length >= policy.k
}

function drop(opening: Opening, bid: Bid | null): void {
  if (bid) opening.bids.delete(bid.bid)
}

function bidNamed({ bids }: Opening, name: string): Bid {
  const bid = bids.get(name)
  if (!bid) throw new Error(`there is no live bid ${name}`)
  return bid
}
