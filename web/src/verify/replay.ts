import { entryName, MAIN, type Case } from './case'
import { course } from './course'
import type { EventOf, Happened, Type } from './events'
import { evolve } from './folding'
import { idOf } from './hash'
import { Failed } from './report'
import { inOrder } from './side_lines'
import { ABORTABLE, type Phase } from './phases'
import { Opening, OFFICES } from './state'

const TWO = ['host', 'supervisor']
const MEMBERS = ['host', 'supervisor', 'witness', 'tenderer', 'custodian']
const SIGNATORIES = ['host', 'supervisor', 'witness', 'bidder']

/** Whose act each event is. */
const AUTHORS: Readonly<Record<Type, readonly string[]>> = {
  OpeningScheduled: ['host'],
  CustodianKeyOffered: ['custodian'],
  PolicyPublished: ['tenderer'],
  TimetableProposed: ['tenderer'],
  TimetableSigned: ['supervisor'],
  BidSubmitted: ['bidder'],
  BidWithdrawn: ['bidder'],
  BidderCheckedIn: ['bidder'],
  MemberCheckedIn: MEMBERS,
  LobbyOpened: ['clock'],
  Ticked: ['clock'],
  BidsClosed: ['clock'],
  OpeningHeld: ['clock', 'log'],
  CheckpointCosigned: ['log'],
  RosterPublished: ['log', 'clock', ...TWO],
  LotAborted: ['log', 'clock'],
  OpeningAborted: ['log', 'clock'],
  ReleaseOpened: TWO,
  KeyReleased: ['bidder'],
  WrongKeyTried: ['bidder'],
  WindowClosed: ['clock'],
  CustodyOpened: ['log'],
  KeyPublished: ['custodian'],
  BidSettled: ['clock'],
  Disclosed: ['clock', 'log', 'supervisor'],
  DrawSealed: ['tenderer', 'supervisor'],
  DrawOpened: ['clock'],
  CoefficientDrawn: ['clock', 'supervisor'],
  LotteryCalled: ['clock'],
  ReadoutOpened: ['clock', 'supervisor'],
  BidReadOut: TWO,
  ConfirmationOpened: TWO,
  LineConfirmed: ['bidder'],
  LineDisputed: ['bidder'],
  ObjectionsOpened: ['clock'],
  Said: [...MEMBERS, 'bidder'],
  ObjectionRaised: ['bidder'],
  ObjectionAnswered: ['host'],
  RecordPrepared: ['clock'],
  RecordSigned: SIGNATORIES,
  RecordRefused: SIGNATORIES,
  OpeningClosed: [...TWO, 'clock'],
  CrlNotedDown: ['log'],
  SignatureAwaited: TWO,
  RequestRefused: [...TWO, 'clock'],
  WindowExtended: TWO,
  OpeningSuspended: [...TWO, 'clock'],
  SuspensionCountersigned: TWO,
  OpeningResumed: [...TWO, 'clock'],
  AbortOrdered: ['supervisor', 'clock'],
  RoleHandedOver: OFFICES,
  CountCheckOpened: ['log'],
  LotContinued: TWO,
  CustodianKeysDestroyed: ['custodian'],
}

/** From which phase to which: none may be left out. */
const STEPS: Readonly<Record<Phase, readonly Phase[]>> = {
  SCHEDULED: ['LOBBY', 'HELD'],
  LOBBY: ['CLOSED_FOR_BIDS', 'HELD'],
  CLOSED_FOR_BIDS: ['HELD', 'ROSTER', 'ABORTED', 'COUNT_CHECK'],
  HELD: ['SCHEDULED'],
  COUNT_CHECK: ['ROSTER'],
  ROSTER: ['RELEASE'],
  RELEASE: ['CUSTODY'],
  CUSTODY: ['UNSEAL'],
  UNSEAL: ['READOUT', 'DRAW'],
  DRAW: ['READOUT'],
  READOUT: ['CONFIRM'],
  CONFIRM: ['OBJECTION'],
  OBJECTION: ['RECORD'],
  RECORD: ['CLOSED'],
  CLOSED: [],
  ABORTED: [],
}

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

/** When such a thing may happen. */
const DURING: { readonly [K in Type]?: readonly Phase[] } = {
  DrawSealed: ['SCHEDULED', 'LOBBY'],
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

const SIDE: readonly Type[] = ['BidSubmitted', 'BidWithdrawn', 'BidderCheckedIn', 'KeyReleased', 'WrongKeyTried']

const once = (): string => ''

/** What happens once, or once for each bid, line, person or lot: by what a second time is told. */
const ONCE: { readonly [K in Type]?: (event: EventOf<K>) => string } = {
  OpeningScheduled: once,
  RosterPublished: once,
  ReleaseOpened: once,
  WindowClosed: once,
  CustodyOpened: once,
  Disclosed: once,
  DrawOpened: once,
  ReadoutOpened: once,
  ConfirmationOpened: once,
  ObjectionsOpened: once,
  RecordPrepared: once,
  OpeningClosed: once,
  OpeningAborted: once,
  CountCheckOpened: once,
  AbortOrdered: once,
  BidSettled: ({ bid }) => `settled ${bid}`,
  BidReadOut: ({ bid }) => `read ${bid}`,
  LineConfirmed: ({ bid }) => `line ${bid}`,
  LineDisputed: ({ bid }) => `line ${bid}`,
  MemberCheckedIn: ({ person }) => `present ${person}`,
  BidderCheckedIn: ({ person }) => `present ${person}`,
  RecordSigned: ({ person }) => `record ${person}`,
  RecordRefused: ({ person }) => `record ${person}`,
  LotAborted: ({ lot }) => `aborted ${lot}`,
  LotContinued: ({ lot }) => `continued ${lot}`,
  CustodianKeysDestroyed: ({ person }) => `destroyed ${person}`,
  LotteryCalled: ({ lot }) => `lottery ${lot}`,
  DrawSealed: ({ lot, person }) => `seed ${lot}\n${person}`,
  CoefficientDrawn: ({ lot, coefficient }) => `drawn ${lot}\n${coefficient}`,
  ObjectionAnswered: ({ number }) => `answer ${number}`,
  KeyPublished: ({ signed }) => `paper ${idOf(signed.statement)}`,
  PolicyPublished: ({ signed }) => `paper ${idOf(signed.statement)}`,
}

/** Step 6: the events, folded by the same rules, lead through the phases in their order. */
export function replay(bundle: Case): void {
  const opening = new Opening(bundle.session)
  const [seen, owners] = [new Set<string>(), new Map<string, string>()]
  for (const shown of inOrder(bundle)) {
    const happened = bundle.whole(shown)
    if (happened) followed(opening, happened, seen, owners)
  }
  if (opening.phase !== 'CLOSED' && opening.phase !== 'ABORTED') {
    throw new Failed('timeline.json', 'notOver', opening.phase)
  }
  bundle.state = opening
  bundle.report.holds(6, 'phases', opening.phase)
}

function followed(opening: Opening, happened: Happened, seen: Set<string>, owners: Map<string, string>): void {
  const { event, shown } = happened
  const name = entryName(shown)
  notAgain(name, event, seen)
  inItsLine(name, happened, owners)
  if (!(DURING[event.type] ?? [opening.phase]).includes(opening.phase)) {
    throw new Failed(name, 'notInThisPhase', `${event.type}, ${opening.phase}`)
  }
  course(opening, happened)
  const before = opening.phase
  evolve(opening, happened)
  if (event.type === 'LobbyOpened' && before === 'LOBBY') throw new Failed(name, 'again', event.type)
  if (before !== opening.phase && !mayFollow(before, opening.phase)) {
    throw new Failed(name, 'phaseLeftOut', `${before} → ${opening.phase}`)
  }
  byItsAuthor(name, happened, opening)
}

function mayFollow(before: Phase, phase: Phase): boolean {
  return STEPS[before].includes(phase) || (ABORTABLE.includes(before) && phase === 'ABORTED')
}

function notAgain(name: string, event: Happened['event'], seen: Set<string>): void {
  const naming = ONCE[event.type] as ((event: Happened['event']) => string) | undefined
  if (!naming) return
  const what = naming(event) || event.type
  if (seen.has(what)) throw new Failed(name, 'again', event.type)
  seen.add(what)
}

/** Bidders' acts lie in side lines, each in its author's own; everything else lies on the main line. */
function inItsLine(name: string, { event, shown, by }: Happened, owners: Map<string, string>): void {
  if ((shown.line !== MAIN) !== SIDE.includes(event.type)) throw new Failed(name, 'otherLine', event.type)
  if (shown.line === MAIN) return
  if (!owners.has(shown.line)) owners.set(shown.line, by.person)
  const lines = [...owners.values()].filter((person) => person === by.person).length
  if (owners.get(shown.line) !== by.person || lines !== 1) throw new Failed(name, 'othersLine')
}

function byItsAuthor(name: string, { event, by }: Happened, opening: Opening): void {
  if (!AUTHORS[event.type].includes(by.role)) throw new Failed(name, 'otherAuthor', by.role)
  const server = by.person === by.role && (by.role === 'clock' || by.role === 'log')
  if (!server && opening.roleOf(by.person) !== by.role) throw new Failed(name, 'otherRole', by.person)
}
