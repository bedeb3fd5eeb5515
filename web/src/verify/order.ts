import { bidderBehind } from './acting'
import { entryName } from './case'
import { isDeclarable } from './consorting'
import { isNotable } from './deposits'
import type { Happened, Type } from './events'
import { alike, idOf } from './hash'
import { releaseOf } from './held'
import type { Phase } from './phases'
import { Failed } from './report'
import { said } from './statements'
import { WRONG_TRIES, type Opening } from './state'

/* Step 6, beside the phases: each act has its time of the day, and follows what came before it. */

const BIDDING: readonly Phase[] = ['SCHEDULED', 'LOBBY']

const NOTING: readonly Phase[] = ['RELEASE', 'CUSTODY', 'UNSEAL', 'DRAW', 'READOUT']

const HEARING: readonly Phase[] = [
  'ROSTER',
  'RELEASE',
  'CUSTODY',
  'UNSEAL',
  'DRAW',
  'READOUT',
  'CONFIRM',
  'OBJECTION',
]

/** When each act is possible. */
const DURING: { readonly [K in Type]?: readonly Phase[] } = {
  CustodianKeyOffered: ['SCHEDULED'],
  PolicyPublished: ['SCHEDULED'],
  BidSubmitted: BIDDING,
  BidWithdrawn: BIDDING,
  ConsortiumDeclared: BIDDING,
  DealtAgain: BIDDING,
  DrillPassed: BIDDING,
  KeyReleased: ['RELEASE'],
  PartReleased: ['RELEASE'],
  WrongKeyTried: ['RELEASE'],
  ReleaseHindered: ['RELEASE'],
  KeyPublished: ['CUSTODY'],
  BidSettled: ['UNSEAL'],
  DepositNoted: NOTING,
  BidReadOut: ['READOUT'],
  DrawSealed: BIDDING,
  CoefficientDrawn: ['DRAW'],
  LotteryCalled: ['DRAW'],
  LineConfirmed: ['CONFIRM'],
  LineDisputed: ['CONFIRM'],
  Said: [...HEARING, 'RECORD'],
  ObjectionRaised: HEARING,
  ObjectionAnswered: HEARING,
  RecordSigned: ['RECORD'],
  RecordRefused: ['RECORD'],
}

/** That the rules could have taken this act from the state that it met; Failed otherwise. */
export function inPlace(opening: Opening, happened: Happened): void {
  const { event, shown } = happened
  if (!(DURING[event.type] ?? [opening.phase]).includes(opening.phase)) {
    throw new Failed(entryName(shown), 'notInThisPhase', `${event.type}, ${opening.phase}`)
  }
  const follows = FOLLOWS[event.type] as ((opening: Opening, happened: Happened) => boolean) | undefined
  if (follows && !follows(opening, happened)) throw new Failed(entryName(shown), 'doesNotFollow', event.type)
}

const FOLLOWS: { readonly [K in Type]?: (opening: Opening, happened: Happened<K>) => boolean } = {
  BidSubmitted: isNextVersion,
  PolicyPublished(opening, { event }) {
    const { lot, part } = said(event.signed.statement, 'policy')
    return opening.timetable === null && opening.policyOf(lot, part) === null
  },
  RosterPublished: ({ cosigned, closeSeq }) => cosigned.has(closeSeq),
  CustodyOpened: ({ cosigned, windowClosedSeq }) => cosigned.has(windowClosedSeq),
  WrongKeyTried: isNextTry,
  ReleaseHindered: isHindrance,
  DepositNoted: isNotable,
  ConsortiumDeclared: isDeclarable,
  RecordSigned: isAnswer,
  RecordRefused: isAnswer,
  OpeningClosed: (opening, { by, at }) => by.role !== 'clock' || opening.over(at),
}

/** By a bidder of a live bid; of a consortium by one for all. */
function isAnswer(opening: Opening, { event: { person, signed }, by }: Happened<'RecordSigned' | 'RecordRefused'>): boolean {
  if (by.role !== 'bidder') return true
  const bidder = bidderBehind(opening, person, signed)
  const answered = opening.signatures.has(bidder) || opening.refusals.has(bidder)
  return !answered && [...opening.bids.values()].some((bid) => bid.bidder === bidder)
}

/** One try more of a bid that is asked for this half, and there are so many left. */
function isNextTry(opening: Opening, { event: { bid, submission, signed, left } }: Happened<'WrongKeyTried'>): boolean {
  if (!isAskedFor(opening, bid, submission)) return false
  const [{ c }, wrong] = [said(signed.statement, 'release'), opening.bids.get(bid)?.wrong.get(submission) ?? []]
  return !wrong.includes(c) && left >= 0 && left === WRONG_TRIES - wrong.length - 1
}

/** A half that is asked for and not here, refused for the certificate under the server's key. */
function isHindrance(opening: Opening, { event }: Happened<'ReleaseHindered'>): boolean {
  const { code, statements } = said(event.refusal, 'refusal')
  const refused = code === 'certificate_revoked' && alike(statements, [idOf(event.signed.statement)])
  return isAskedFor(opening, event.bid, event.submission) && refused
}

/** Whether the half of this submission is asked for at the opening, and not here yet. */
function isAskedFor(opening: Opening, name: string, submission: string): boolean {
  const bid = opening.bids.get(name)
  return bid !== undefined && opening.openedHere(bid).includes(submission) && !releaseOf(bid, submission)
}

/** An old version that is handed in again does not follow the one that is live. */
function isNextVersion(opening: Opening, { event }: Happened<'BidSubmitted'>): boolean {
  const { version, lot, bidder, parts } = event
  if (version !== (opening.versions.get(`${lot}\n${bidder}`) ?? 0) + 1) return false
  const live = opening.bidOf(bidder, lot)?.parts ?? []
  const before = new Map(live.map(({ part, submission, deal }) => [part, [idOf(submission), idOf(deal)]]))
  return parts.every(({ part, submission, deal }) => {
    const [ofSubmission = null, ofDeal = null] = before.get(part) ?? []
    return said(submission, 'submission').prev === ofSubmission && said(deal, 'deal').prev === ofDeal
  })
}
