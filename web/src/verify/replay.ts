import { AUTHORS } from './authors'
import { about, entryName, MAIN, TIMELINE, type Before, type Case } from './case'
import { course } from './course'
import { isOf, type EventOf, type Happened, type Type } from './events'
import { evolve } from './folding'
import { idOf } from './hash'
import { inPlace } from './order'
import { Punctual } from './punctual'
import { Failed } from './report'
import { inOrder } from './side_lines'
import { ABORTABLE, type Phase } from './phases'
import { Opening } from './state'

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

/** The server's, in the line of the bidder who left it with a cosigner. */
const LODGED = ['KeyLodged', 'LodgingFailed'] as const

const SIDE: readonly Type[] = [
  'ConsortiumDeclared',
  'BidSubmitted',
  'BidWithdrawn',
  'BidderCheckedIn',
  'DealtAgain',
  'DrillPassed',
  'KeyReleased',
  'PartReleased',
  'ReleaseHindered',
  'WrongKeyTried',
  'RemedyRequested',
  ...LODGED,
  'SubmissionRefused',
  'ReleaseRefused',
]

const once = (): string => ''

/** What happens once, or once for each bid, line, person or lot: by what a second time is told. */
const ONCE: { readonly [K in Type]?: (event: EventOf<K>) => string } = {
  OpeningScheduled: once,
  RosterPublished: once,
  ReleaseOpened: once,
  WindowClosed: once,
  CustodyOpened: once,
  CustodyClosed: once,
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
  CoefficientDrawn: ({ lot, coefficient }) => `drawn ${lot}\n${coefficient}`,
  ObjectionAnswered: ({ number }) => `answer ${number}`,
  PartReleased: ({ submission }) => `released ${submission}`,
  KeyEntrusted: ({ kid }) => `entrusted ${kid}`,
  KeyLodged: ({ bid }) => `lodged ${bid}`,
  RemedyRequested: ({ bid }) => `remedy ${bid}`,
  LodgingSeedPublished: ({ policy }) => `seed of lodgings ${policy}`,
  StampTaken: ({ covers }) => `stamp ${covers}`,
  DrawSealed: ({ signed }) => `paper ${idOf(signed.statement)}`,
  CustodianStruck: ({ signed }) => `paper ${idOf(signed.statement)}`,
  EscrowSharePublished: ({ signed }) => `paper ${idOf(signed.statement)}`,
  KeyPublished: ({ signed }) => `paper ${idOf(signed.statement)}`,
  PolicyPublished: ({ signed }) => `paper ${idOf(signed.statement)}`,
}

/** Step 6: the events, folded by the same rules, lead through the phases in their order. */
export function replay(bundle: Case): void {
  const replayed = new Replay(bundle)
  for (const shown of inOrder(bundle)) {
    const happened = bundle.whole(shown)
    if (happened) replayed.take(happened)
  }
  const { phase } = replayed.opening
  if (phase !== 'CLOSED' && phase !== 'ABORTED') throw new Failed(TIMELINE, 'notOver', phase)
  bundle.state = replayed.opening
  bundle.report.holds(6, 'phases', phase)
}

class Replay {
  readonly opening: Opening
  private readonly seen = new Set<string>()
  private readonly owners = new Map<string, string>()
  private readonly punctual = new Punctual()

  constructor(private readonly bundle: Case) {
    this.opening = new Opening(bundle.session)
  }

  take(happened: Happened): void {
    const { opening, bundle } = this
    const { event, shown, at, by } = happened
    const name = entryName(shown)
    notAgain(name, event, this.seen)
    inItsLine(name, happened, by.person, this.owners)
    this.punctual.see(bundle, happened, at, opening)
    about(name, () => {
      inPlace(opening, happened)
      course(opening, happened)
    })
    if (event.type === 'TimetableSigned') bundle.before.set(shown.seq, beforeTable(opening))
    const before = opening.phase
    about(name, () => {
      evolve(opening, happened)
    })
    if (event.type === 'LobbyOpened' && before === 'LOBBY') throw new Failed(name, 'again', event.type)
    if (before !== opening.phase && !mayFollow(before, opening.phase)) {
      throw new Failed(name, 'phaseLeftOut', `${before} → ${opening.phase}`)
    }
    byItsAuthor(name, happened, opening)
  }
}

function beforeTable(opening: Opening): Before {
  const { phase, policies, timetable, timetableId } = opening
  return { phase, policies: [...policies.keys()].sort(), lacksPolicy: opening.lacksPolicy(), timetable, timetableId }
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
function inItsLine(name: string, happened: Happened, person: string, owners: Map<string, string>): void {
  const { event, shown } = happened
  if ((shown.line !== MAIN) !== SIDE.includes(event.type)) throw new Failed(name, 'otherLine', event.type)
  if (shown.line === MAIN) return
  const author = isOf(happened, ...LODGED) ? happened.event.bidder : person
  if (!owners.has(shown.line)) owners.set(shown.line, author)
  const lines = [...owners.values()].filter((owner) => owner === author).length
  if (owners.get(shown.line) !== author || lines !== 1) throw new Failed(name, 'othersLine')
}

function byItsAuthor(name: string, { event, by }: Happened, opening: Opening): void {
  if (!AUTHORS[event.type].includes(by.role)) throw new Failed(name, 'otherAuthor', by.role)
  const server = by.person === by.role && (by.role === 'clock' || by.role === 'log')
  if (!server && opening.roleOf(by.person) !== by.role) throw new Failed(name, 'otherRole', by.person)
}
