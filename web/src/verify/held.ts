import type { Payload } from './statements'
import type { Cause, Deposit, Form, Outcome, SealedPart, SuspensionCause } from './values'

/* What the state of a session holds. */

export interface Settlement {
  readonly outcome: Outcome
  readonly cause: Cause
  readonly detail: string
  readonly form: Form | null
}

/** A release that was not taken: its signer's certificate was on the list of its authority in force. */
interface Hindrance {
  readonly certificate: string
  readonly authority: string
  /** The list's hash. */
  readonly crl: string
}

/** Who bids together on a lot, the lead first; `statement` is the declaration's id. */
export interface Declared {
  readonly statement: string
  readonly parties: Payload<'consortium'>['parties']
}

export interface Bid {
  readonly bid: string
  readonly bidder: string
  readonly name: string
  readonly lot: string
  readonly version: number
  /** With the deals that hold. */
  parts: readonly SealedPart[]
  /** Ids of the parts' submissions, in the same order. */
  readonly submissions: readonly string[]
  readonly submittedAt: number
  releasedAt: number | null
  /** Id of the release statement, and the half that it releases; empty until then. */
  release: string
  sB: string
  /** Releases of other parts' halves, by submission. */
  readonly others: Map<string, string>
  /** Commitments to the halves that were tried in vain, by submission. */
  readonly wrong: Map<string, readonly string[]>
  /** Of its readout form. */
  readonly hindered: Hindrance[]
  /** Ids of what was lodged in vain; why the first by the bidder itself was none. */
  readonly failedLodgings: string[]
  badLodging: string
  /** Whether the bidder asked the escrow holders for its half; their shares by key id, empty ones did not open. */
  remedy: boolean
  readonly shares: Map<string, string>
  settlement: Settlement | null
  /** As the last note tells, and that note's id. */
  deposit: Deposit | null
  depositNote: string
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
export type Custodians = Policy['custodians']

/** The custodians of a policy from a strike on; `strike` is its id. */
export interface Revision {
  readonly strike: string
  readonly at: number
  readonly custodians: Custodians
}

/** Id of the statement that releases the half of one of a bid's submissions; empty if there is none. */
export function releaseOf({ bid, release, others }: Bid, submission: string): string {
  return submission === bid ? release : (others.get(submission) ?? '')
}

/** The part that is read out: the one that names the bid. */
export function readoutPart({ bid, parts, submissions }: Bid): SealedPart {
  return parts[submissions.indexOf(bid)]!
}
