import { releaseOf, type Bid, type Declared, type Policy, type Raised, type Revision, type Suspension } from './held'
import { when } from './instants'
import type { Phase } from './phases'
import type { Payload } from './statements'
import {
  READOUT_FORM,
  type AbortCause,
  type DrawLine,
  type DrawSeed,
  type LineAnswer,
  type Lot,
  type Member,
  type Pause,
  type Role,
  type SealedStatement,
  type Signed,
  type Tender,
} from './values'

/** One person at a time holds each of these, and may hand it over to a deputy. */
export const OFFICES: readonly Role[] = ['host', 'supervisor', 'tenderer']
/** Wrong halves, or lodgings in vain, of one bid that need be kept. */
export const WRONG_TRIES = 5
/** The part whose custodians hold the seeds of a draw. */
export const DRAW = 'draw'

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
  /** By policy id: what strikes have made of its custodians, in their order. */
  readonly revisions = new Map<string, Revision[]>()
  timetable: Payload<'timetable'> | null = null
  timetableId = ''
  lastTickAt: number | null = null
  bids = new Map<string, Bid>()
  /** Last version by lot and bidder, also of withdrawn bids. */
  readonly versions = new Map<string, number>()
  /** By lot and lead. */
  readonly consortia = new Map<string, Declared>()
  /** Bids of lots that were stopped: they stay sealed. */
  returned = new Map<string, Bid>()
  aborted = new Map<string, AbortCause>()
  present = new Map<string, number>()
  close: Payload<'close'> | null = null
  closeSeq = 0
  windowClosed: Payload<'window_closed'> | null = null
  windowClosedSeq = 0
  /** When the bidders' window ended by its timetable: what is lodged before counts. */
  releaseEndedAt: number | null = null
  /** Published seeds of lodging keys by policy id; there are some if anything was lodged. */
  readonly lodgingSeeds = new Map<string, string>()
  lodged = false
  /** Drills dealt: custodian, key id, commitment. */
  readonly dummies = new Set<string>()
  /** Entries whose checkpoint is here. */
  readonly cosigned = new Set<number>()
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

  /** Id and content of the policy for one lot and part. */
  policyOf(lot: string, part: string): [id: string, policy: Policy] | null {
    return [...this.policies].find(([, policy]) => policy.lot === lot && policy.part === part) ?? null
  }

  /** A policy with the custodians that it has now. */
  current(id: string): Policy {
    const custodians = this.revisions.get(id)?.at(-1)?.custodians
    const policy = this.policies.get(id)
    if (!policy) throw new Error(`there is no policy ${id}`)
    return custodians ? { ...policy, custodians } : policy
  }

  /** Whether a lot or part that has custodians of its own lacks its policy. */
  lacksPolicy(): boolean {
    const lots = this.tender?.lots ?? []
    const places = lots.flatMap(({ lot, parts, draw }) => [
      ...parts.map(({ part }) => [lot, part] as const),
      ...(draw ? [[lot, DRAW] as const] : []),
    ])
    return places.some(([lot, part]) => !this.policyOf(lot, part))
  }

  /** The submissions of a bid whose halves are asked for at the opening, in the order of its parts. */
  openedHere({ lot, parts, submissions }: Bid): string[] {
    const here = (this.lot(lot)?.parts ?? []).filter(({ opened_here }) => opened_here).map(({ part }) => part)
    return submissions.filter((_, place) => here.includes(parts[place]!.part))
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

  /** How often and how large ticks are now. */
  cadence(): Payload<'timetable'>['ticks'] {
    return this.phase === 'SCHEDULED' ? this.table().ticks : this.table().lobby_ticks
  }

  /** What is left of the extension cap. */
  leftMs(): number {
    return this.table().extension_ms - this.spentMs
  }

  /** Lots with too few bids, or aborted before anything was opened: theirs stay sealed. */
  stoppedLots(): Set<string> {
    return new Set([...this.aborted].filter(([, cause]) => cause !== 'none_opened').map(([lot]) => lot))
  }

  /** Ids of the policies of lots that are being opened whose keys everybody sees: of readout forms and draws. */
  running(): string[] {
    const [stopped, shown] = [this.stoppedLots(), [READOUT_FORM, DRAW]]
    const found = [...this.policies].filter(([, { lot, part }]) => shown.includes(part) && !stopped.has(lot))
    return found.map(([id]) => id)
  }

  runningPolicies(): Policy[] {
    return this.running().map((id) => this.current(id))
  }

  /** The policies of parts that are opened for the evaluation only. */
  entrustedPolicies(): Policy[] {
    const stopped = this.stoppedLots()
    const isKept = ({ lot, part }: Policy): boolean =>
      part !== READOUT_FORM && (this.lot(lot)?.parts.some((one) => one.part === part && one.opened_here) ?? false)
    return [...this.policies.keys()].map((id) => this.current(id)).filter((one) => isKept(one) && !stopped.has(one.lot))
  }

  /** Bids without a half whose bidders have asked for a remedy. */
  asking(): Bid[] {
    return [...this.bids.values()].filter(({ remedy, release }) => remedy && !release)
  }

  runningLots(): string[] {
    return [...new Set(this.runningPolicies().map(({ lot }) => lot))]
  }

  unreleased(): boolean {
    return [...this.bids.values()].some((bid) => this.openedHere(bid).some((name) => !releaseOf(bid, name)))
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
  return opening.policyOf(lot, READOUT_FORM)?.[1].grounds ?? []
}
