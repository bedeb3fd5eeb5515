import { unb64 } from '../seal/bytes'
import { FOLDS_OF_THE_COURSE } from './folding_course'
import { FOLDS_OF_THE_HEARING } from './folding_hearing'
import { enter, type Folds } from './fold'
import type { Happened } from './events'
import { byBytes, idOf } from './hash'
import { when } from './instants'
import { enoughKeysEverywhere } from './policies'
import { isRemedyDecided } from './remedy'
import { said } from './statements'
import type { Bid } from './held'
import type { Opening } from './state'

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
  CustodianStruck(opening, { event: { signed }, at }) {
    const { policy, custodians } = said(signed.statement, 'strike')
    const made = { strike: idOf(signed.statement), at, custodians }
    opening.revisions.set(policy, [...(opening.revisions.get(policy) ?? []), made])
  },
  DrillDealt(opening, { event: { person, dummy } }) {
    opening.dummies.add([person, dummy.kid, dummy.c].join())
  },
  CustodianDrilled(_opening, { event: { signed } }) {
    said(signed.statement, 'custodian_drill')
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
    const submissions = parts.map(({ submission }) => idOf(submission))
    opening.bids.set(bid, { ...sealed(), bid, bidder, name, lot, version, parts, submissions, submittedAt: at })
    opening.versions.set(`${lot}\n${bidder}`, version)
  },
  ConsortiumDeclared(opening, { event: { bidder, lot, signed: { statement } } }) {
    const { parties } = said(statement, 'consortium')
    opening.consortia.set(`${lot}\n${bidder}`, { statement: idOf(statement), parties })
  },
  BidWithdrawn(opening, { event: { bidder, lot } }) {
    drop(opening, opening.bidOf(bidder, lot))
  },
  DealtAgain(opening, { event: { bid, deals } }) {
    const dealt = bidNamed(opening, bid)
    const anew = new Map(deals.map(({ statement }) => [said(statement, 'deal').policy, statement]))
    dealt.parts = dealt.parts.map((part) => ({ ...part, deal: anew.get(part.header.core.policy) ?? part.deal }))
  },
  DrillPassed(opening, { event: { bid } }) {
    bidNamed(opening, bid)
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
    opening.closeSeq = happened.shown.seq
    opening.bids = new Map([...opening.bids].sort(([a], [b]) => byBytes(unb64(a), unb64(b))))
  },
  OpeningHeld(opening, happened) {
    enter(opening, 'HELD', happened)
  },
  CheckpointCosigned(opening, { event: { covers } }) {
    opening.cosigned.add(covers)
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
  KeyReleased(opening, { event: { bid, signed, s_b }, at }) {
    const released = bidNamed(opening, bid)
    released.release = idOf(signed.statement)
    released.sB = s_b
    released.releasedAt = at
  },
  PartReleased(opening, { event: { bid, submission, signed } }) {
    bidNamed(opening, bid).others.set(submission, idOf(signed.statement))
  },
  ReleaseHindered(opening, { event: { bid, submission, signed, authority, crl } }) {
    if (submission !== bid) return
    const [certificate] = signed.certificates
    if (certificate === undefined) throw new Error('nobody signed the release')
    bidNamed(opening, bid).hindered.push({ certificate, authority, crl })
  },
  WrongKeyTried(opening, { event: { bid, submission, signed } }) {
    const { wrong } = bidNamed(opening, bid)
    wrong.set(submission, [...(wrong.get(submission) ?? []), said(signed.statement, 'release').c])
  },
  KeyLodged(opening, { event: { bid, signed, receipt, s_b } }) {
    const released = bidNamed(opening, bid)
    released.release = idOf(signed.statement)
    released.sB = s_b
    released.releasedAt = when(said(receipt, 'lodging_receipt').at)
    opening.lodged = true
  },
  LodgingFailed(opening, { event: { bid, signed, why } }) {
    const failed = bidNamed(opening, bid)
    failed.failedLodgings.push(idOf(signed.statement))
    if (why !== 'not_by_the_bidder') failed.badLodging ||= why
    opening.lodged = true
  },
  LodgingSeedPublished(opening, { event: { policy, seed } }) {
    opening.lodgingSeeds.set(policy, seed)
  },
  RemedyRequested(opening, { event: { bid } }) {
    bidNamed(opening, bid).remedy = true
  },
  WindowClosed(opening, { event, shown }) {
    opening.windowClosed = said(event.window_closed, 'window_closed')
    opening.windowClosedSeq = shown.seq
    opening.releaseEndedAt = opening.endsAt
    opening.endsAt = null
  },
  CustodyOpened(opening, happened) {
    enter(opening, 'CUSTODY', happened, happened.event.ends_at)
  },
  KeyPublished(opening, happened) {
    const { kid, seed } = said(happened.event.signed.statement, 'custody')
    opening.keys.set(kid, seed)
    opening.keysBy.push(happened.event.person)
    unseal(opening, happened)
  },
  KeyEntrusted(_opening, { event: { signed } }) {
    if (signed) said(signed.statement, 'custody')
  },
  EscrowSharePublished(opening, happened) {
    const { kid, share } = said(happened.event.signed.statement, 'escrow_share')
    bidNamed(opening, happened.event.bid).shares.set(kid, share)
    unseal(opening, happened)
  },
  CustodyClosed(opening, happened) {
    enter(opening, 'UNSEAL', happened)
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

/** As soon as every key is here, and every remedy that was asked for is decided. */
function unseal(opening: Opening, happened: Happened): void {
  const done = enoughKeysEverywhere(opening) && opening.asking().every((bid) => isRemedyDecided(opening, bid))
  if (done) enter(opening, 'UNSEAL', happened)
}

/** Nothing of a bid's own yet: it is sealed. */
function sealed() {
  return {
    ...{ releasedAt: null, release: '', sB: '', others: new Map<string, string>() },
    ...{ wrong: new Map<string, readonly string[]>(), hindered: [], deposit: null, depositNote: '' },
    ...{ failedLodgings: [], badLodging: '', remedy: false, shares: new Map<string, string>() },
    ...{ settlement: null, readOut: false },
  }
}

function drop(opening: Opening, bid: Bid | null): void {
  if (bid) opening.bids.delete(bid.bid)
}

function bidNamed({ bids }: Opening, name: string): Bid {
  const bid = bids.get(name)
  if (!bid) throw new Error(`there is no live bid ${name}`)
  return bid
}
