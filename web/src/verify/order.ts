import { entryName } from './case'
import type { Happened, Type } from './events'
import { idOf } from './hash'
import type { Phase } from './phases'
import { Failed } from './report'
import { said } from './statements'
import type { Opening } from './state'

/* Step 6, beside the phases: each act has its time of the day, and follows what came before it. */

const BIDDING: readonly Phase[] = ['SCHEDULED', 'LOBBY']

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
  DealtAgain: BIDDING,
  DrillPassed: BIDDING,
  KeyReleased: ['RELEASE'],
  PartReleased: ['RELEASE'],
  KeyPublished: ['CUSTODY'],
  BidSettled: ['UNSEAL'],
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
  RecordSigned(opening, { by }) {
    return by.role !== 'bidder' || [...opening.bids.values()].some(({ bidder }) => bidder === by.person)
  },
  OpeningClosed: (opening, { by, at }) => by.role !== 'clock' || opening.over(at),
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
