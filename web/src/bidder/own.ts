/** What a bidder reads in its own line and in the session's. */

import { statementId, said } from '../seal/statements'
import type { Timeline } from '../timeline/frames'
import { happened } from '../timeline/rows'
import type { BidSubmitted, DealtAgain, Lot, OpeningView, Shown, Signed } from '../wire'
import type { NamedKey } from './log_keys'

export type Followed = Timeline<OpeningView>

/** How one lot stands for this bidder: how often it was bid on, and the bid that counts now with its last deals. */
export interface Standing {
  readonly version: number
  readonly live: BidSubmitted | null
}

export function standing({ own }: Followed, lot: string): Standing {
  const events = own.map(happened).filter((event) => event?.lot === lot)
  const submitted = events.filter((event) => event?.type === 'BidSubmitted') as unknown as BidSubmitted[]
  const live = events.reduce<BidSubmitted | null>((before, event) => {
    if (event?.type === 'BidWithdrawn') return null
    if (event?.type === 'BidSubmitted') return event as unknown as BidSubmitted
    return before && event?.type === 'DealtAgain' ? dealtAgain(before, event as unknown as DealtAgain) : before
  }, null)
  return { version: submitted.at(-1)?.version ?? 0, live }
}

function dealtAgain(live: BidSubmitted, { deals }: DealtAgain): BidSubmitted {
  const anew = new Map(deals.map(({ statement }) => [(said(statement, 'deal') as Placed).policy, statement]))
  return { ...live, parts: live.parts.map((part) => ({ ...part, deal: anew.get(part.header.core.policy) ?? part.deal })) }
}

interface Placed {
  readonly policy: string
}

/** The own entry that tells of a bid, by a type. */
export function ownEntry({ own }: Followed, type: string, bid: string): Shown | null {
  return own.filter((shown) => shown.event?.type === type && shown.event.bid === bid).pop() ?? null
}

/** The latest event of a kind on the main line. */
export function last<E>({ main }: Followed, type: E extends { type: infer T } ? T : never): E | null {
  return (main.map(({ event }) => event).filter((event) => event?.type === type).pop() ?? null) as E | null
}

/** A part of a live bid whose half is asked for, and not handed over yet. */
export interface ToRelease {
  /** By which the half is kept and released. */
  readonly submission: string
  readonly bid: string
  readonly lot: string
  readonly part: string
  readonly title: string
}

/** What a bidder still has to release: of each bid whose lot goes on the parts that are opened here. */
export async function toRelease(timeline: Followed): Promise<ToRelease[]> {
  const { me, aborted = {}, tender } = timeline.view
  const given = new Set(timeline.own.map(happened).map((event) => event?.type === 'PartReleased' && event.submission))
  const bids = Object.entries(me.bids ?? {}).filter(([, { lot }]) => !aborted[lot])
  const parts = await Promise.all(bids.map(([bid, { lot }]) => openedHere(timeline, bid, lotOf(lot))))
  return parts.flat().filter(({ submission, bid }) => !(submission === bid ? me.bids?.[bid]?.released_at : given.has(submission)))
  function lotOf(lot: string): Lot {
    return tender?.lots.find((one) => one.lot === lot) ?? { lot, title: lot, ceiling_price: '0' }
  }
}

async function openedHere(timeline: Followed, bid: string, { lot, title, parts }: Lot): Promise<ToRelease[]> {
  const here = parts?.filter(({ opened_here }) => opened_here).map(({ part }) => part) ?? [READOUT_FORM]
  const { live } = standing(timeline, lot)
  if (live?.bid !== bid) return []
  const asked = live.parts.filter(({ part }) => here.includes(part))
  return Promise.all(
    asked.map(async ({ part, submission }) => ({ submission: await statementId(submission), bid, lot, part, title })),
  )
}

interface Custodian {
  readonly proof: Signed
}

interface CustodianKey {
  readonly public_key: string
}

interface Policy {
  readonly lot: string
  readonly part: string
  readonly k: number
  readonly log: NamedKey
  readonly custodians: readonly Custodian[]
  readonly escrow: { readonly holders: readonly Custodian[]; readonly k: number } | null
  readonly sealer?: string | null
}

interface Strike {
  readonly policy: string
  readonly custodians: readonly Custodian[]
}

/** Public keys, any k of which are needed. */
interface Holders {
  readonly k: number
  readonly publics: readonly string[]
}

/** What one part of a bid is sealed for: the custodians of now, and who helps when our half is lost, if anybody. */
export interface SealFor extends Holders {
  readonly policy: string
  readonly lot: string
  readonly part: string
  readonly escrow: Holders | null
  readonly log: NamedKey
  /** SHA-256 of the offline sealer that the policy vouches for, base64url. */
  readonly sealer: string | null
}

export const READOUT_FORM = 'readout_form'

/** What a bid on this lot must have, the readout form first; nothing before all of it has its policy. */
export async function partsOf(timeline: Followed, { lot, parts }: Lot): Promise<SealFor[]> {
  const wanted = parts?.map(({ part }) => part) ?? [READOUT_FORM]
  const all = (await policies(timeline)).filter((to) => to.lot === lot && wanted.includes(to.part))
  if (all.length !== wanted.length) return []
  return all.sort((a, b) => Number(b.part === READOUT_FORM) - Number(a.part === READOUT_FORM))
}

async function policies(timeline: Followed): Promise<SealFor[]> {
  return Promise.all((await rulesOf(timeline)).map(sealForOf))
}

/** A policy as it was signed, and the last strike under it, if any. */
export interface SignedRules {
  readonly policy: Signed
  readonly strike: Signed | null
}

/** What was published of the custodians to seal for. */
export async function rulesOf({ main }: Followed): Promise<SignedRules[]> {
  const signed = (type: string) => main.filter(({ event }) => event?.type === type).map(({ event }) => event?.signed as Signed)
  const struck = new Map(signed('CustodianStruck').map((strike) => [saidIn(strike).policy, strike] as const))
  const found = signed('PolicyPublished').map(async (policy) => {
    return { policy, strike: struck.get(await statementId(policy.statement)) ?? null }
  })
  return Promise.all(found)
}

/** For whom a part is sealed under these rules. */
export async function sealForOf({ policy: { statement }, strike }: SignedRules): Promise<SealFor> {
  const [policy, told] = [await statementId(statement), said(statement, 'policy') as Policy]
  const { lot, part, k, log, custodians, escrow, sealer = null } = told
  const held = escrow && { k: escrow.k, publics: publicsOf(escrow.holders) }
  const now = strike ? saidIn(strike).custodians : custodians
  return { policy, lot, part, k, log, sealer, escrow: held, publics: publicsOf(now) }
}

function saidIn({ statement }: Signed): Strike {
  return said(statement, 'strike') as Strike
}

function publicsOf(custodians: readonly Custodian[]): string[] {
  return custodians.map(({ proof }) => (said(proof.statement, 'custodian_key') as CustodianKey).public_key)
}
