import type { Phase } from './phases'
import type { Payload } from './statements'
import { when } from './instants'
import type {
  AbortCause,
  Cause,
  DrawLine,
  DrawSeed,
  Form,
  LineAnswer,
  Lot,
  Member,
  Outcome,
  Pause,
  Role,
  SealedPart,
  SealedStatement,
  Signed,
  SuspensionCause,
  Tender,
} from './values'

/** One person at a time holds each of these, and may hand it over to a deputy. */
export const OFFICES: readonly Role[] = ['host', 'supervisor', 'tenderer']
/** The part of every bid that is read out. */
const READOUT_FORM = 'readout_form'
/** The part whose custodians hold the seeds of a draw. */
export const DRAW = 'draw'

export interface Settlement {
  readonly outcome: Outcome
  readonly cause: Cause
  readonly detail: string
  readonly form: Form | null
}

export interface Bid {
  readonly bid: string
  readonly bidder: string
  readonly name: string
  readonly lot: string
  readonly version: number
  readonly parts: readonly SealedPart[]
  readonly submittedAt: number
  releasedAt: number | null
  /** Id of the release statement, and the half that it releases; empty until then. */
  release: string
  sB: string
  settlement: Settlement | null
  readOut: boolean
}

export interface Suspension {
  readonly number: number
  readonly cause: SuspensionCause
  readonly since: number
  /** Id of what was signed; empty if it is the server's own. */
  readonly statement: string
  /** When it ends by itself: only the host's does, until the supervisor has countersigned it. */
  endsAt: number | null
  /** The host's alone: as long as it is, it counts against the extension cap. */
  hosts: boolean
}

export interface Raised {
  readonly number: number
  readonly name: string
  readonly text: string
  readonly raisedAt: number
  readonly bid: string | null
  answer: string | null
  answeredAt: number | null
}

export type Policy = Payload<'policy'>

/** The whole state of one session, folded from its events. */
export class Opening {
  phase: Phase = 'SCHEDULED'
  phaseSince: number | null = null
  endsAt: number | null = null
  waitingSince: number | null = null
  tender: Tender | null = null
  members = new Map<string, Member>()
  /** By statement id. */
  policies = new Map<string, Policy>()
  timetable: Payload<'timetable'> | null = null
  timetableId = ''
  lastTickAt: number | null = null
  bids = new Map<string, Bid>()
  /** Bids of lots that were stopped: they stay sealed. */
  returned = new Map<string, Bid>()
  aborted = new Map<string, AbortCause>()
  present = new Map<string, number>()
  close: Payload<'close'> | null = null
  windowClosed: Payload<'window_closed'> | null = null
  /** Published seeds by key id, in the order of their publication. */
  keys = new Map<string, string>()
  readonly keysBy: string[] = []
  recordHash = ''
  readonly signatures = new Set<string>()
  readonly refusals = new Set<string>()
  /** By lot and person. */
  readonly drawEnvelopes = new Map<string, SealedStatement>()
  readonly lotteries = new Map<string, readonly DrawSeed[]>()
  readonly drawn: DrawLine[] = []
  readonly lineAnswers = new Map<string, LineAnswer>()
  /** By the id of the statement that objects, in the order of their numbers. */
  readonly objections = new Map<string, Raised>()
  suspension: Suspension | null = null
  readonly pauses: Pause[] = []
  readonly extensions: string[] = []
  spentMs = 0
  awaited = new Map<string, Signed>()
  readonly handed = new Map<Role, string>()
  handovers = 0
  questioned: readonly string[] = []
  readonly continued = new Map<string, string>()
  abortOrdered: AbortCause | null = null
  /** When each tick and phase change that awaits its checkpoint was; when the last one that has it was. */
  uncosigned = new Map<number, number>()
  cosignedAt: number | null = null

  constructor(readonly session: string) {}

  lot(name: string): Lot | null {
    return this.tender?.lots.find(({ lot }) => lot === name) ?? null
  }

  policyOf(lot: string, part: string): Policy | null {
    return [...this.policies.values()].find((policy) => policy.lot === lot && policy.part === part) ?? null
  }

  bidOf(bidder: string, lot: string): Bid | null {
    return [...this.bids.values()].find((bid) => bid.bidder === bidder && bid.lot === lot) ?? null
  }

  roleOf(person: string): Role {
    return this.members.get(person)?.role ?? 'bidder'
  }

  holder(role: Role): string {
    const first = [...this.members.values()].find((member) => member.role === role && !member.deputy_of)
    return this.handed.get(role) ?? first?.person ?? ''
  }

  /** Whether a person may act as what it is: not a deputy before, nor anybody after, handing over. */
  inOffice(person: string): boolean {
    const role = this.roleOf(person)
    return !OFFICES.includes(role) || this.holder(role) === person
  }

  /** For how long the present phase's clocks have not run by this time. */
  stoodStill(at: number): number {
    const since = this.suspension?.since
    return since === undefined ? 0 : at - Math.max(since, this.phaseSince ?? since)
  }

  /** Whether the phase's window is over at this time; the clocks of a suspended session stand still. */
  over(at: number): boolean {
    return this.endsAt === null || (this.suspension?.since ?? at) >= this.endsAt
  }

  deadline(): number {
    return when(this.table().deadline)
  }

  /** The timetable that holds; an Error if there is none. */
  table(): Payload<'timetable'> {
    if (!this.timetable) throw new Error('there is no signed timetable yet')
    return this.timetable
  }

  /** What is left of the extension cap. */
  leftMs(): number {
    return this.table().extension_ms - this.spentMs
  }

  /** Lots with too few bids, or aborted before anything was opened: theirs stay sealed. */
  stoppedLots(): Set<string> {
    return new Set([...this.aborted].filter(([, cause]) => cause !== 'none_opened').map(([lot]) => lot))
  }

  runningPolicies(): Policy[] {
    const stopped = this.stoppedLots()
    return [...this.policies.values()].filter(({ lot }) => !stopped.has(lot))
  }

  runningLots(): string[] {
    return [...new Set(this.runningPolicies().map(({ lot }) => lot))]
  }

  unreleased(): boolean {
    return [...this.bids.values()].some(({ release }) => !release)
  }

  silentLines(): string[] {
    return [...this.bids.keys()].filter((bid) => !this.lineAnswers.has(bid))
  }

  unanswered(): boolean {
    return [...this.objections.values()].some(({ answer }) => answer === null)
  }

  /** Bidders whose bid was there at the deadline. */
  tookPart(): Set<string> {
    return new Set([...this.bids.values(), ...this.returned.values()].map(({ bidder }) => bidder))
  }

  /** Who is asked to sign the record. */
  signatories(): string[] {
    const members = [...this.members.values()].filter(({ role }) => ['host', 'supervisor', 'witness'].includes(role))
    const bidders = new Set([...this.bids.values()].map(({ bidder }) => bidder))
    return [...members.map(({ person }) => person), ...bidders]
  }
}

/** How many bids a lot needs; without any it has too few, whatever the tender declares. */
export function minimum(opening: Opening, lot: string): number {
  return Math.max(1, opening.lot(lot)?.minimum ?? 0)
}

/** On which grounds a lot's policy lets it go on with too few bids. */
export function grounds(opening: Opening, lot: string): readonly string[] {
  return opening.policyOf(lot, READOUT_FORM)?.grounds ?? []
}
