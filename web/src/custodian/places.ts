/** What one custodian holds in a session: for each lot and part whether its key is offered, drilled, in force, public. */

import { unb64 } from '../seal/bytes'
import { said, statementId } from '../seal/statements'
import { keyId } from '../seal/xwing'
import { happened } from '../timeline/rows'
import type { OpeningView, Signed } from '../wire'
import type { Followed } from './seen'

/** The part for which custodians hold the seeds of a draw, not of a bid. */
const DRAW = 'draw'
const READOUT_FORM = 'readout_form'

export interface Place {
  readonly lot: string
  readonly part: string
  readonly title: string
  /** The key offered last; null until one was. */
  readonly kid: string | null
  readonly drilled: boolean
  /** Taken off the policy's list. */
  readonly struck: boolean
  /** On the policy's list, as strikes have left it. */
  readonly named: boolean
  /** Held to help a bidder that has lost its half, not to open anything by itself. */
  readonly helps: boolean
  readonly published: boolean
  /** Nothing of this lot is opened. */
  readonly aborted: boolean
  /** Whether its key is given up at the opening, and to everybody. */
  readonly opened: 'published' | 'entrusted' | 'kept'
}

/** Every lot and part of this session, for the person whose page it is. */
export async function placesOf(timeline: Followed): Promise<Place[]> {
  const [offers, held] = await Promise.all([offersOf(timeline), heldOf(timeline)])
  const drilled = kidsIn(timeline, 'CustodianDrilled', 'custodian_drill')
  const published = [...kidsIn(timeline, 'KeyPublished', 'custody'), ...entrusted(timeline)]
  return partsOf(timeline.view).map(({ lot, part, title, opened }) => {
    const holding = held.get(at(lot, part))
    const { kid, struck, helps } = holding ?? { kid: offers.get(at(lot, part)) ?? null, struck: false, helps: false }
    return {
      ...{ lot, part, title, opened, kid, struck, helps },
      named: isNamed(holding),
      drilled: isIn(drilled, kid),
      published: isIn(published, kid),
      aborted: timeline.view.aborted?.[lot] !== undefined,
    }
  })
}

function isNamed(holding: Holding | undefined): boolean {
  return holding !== undefined && !holding.struck && !holding.helps
}

function isIn(kids: readonly string[], kid: string | null): boolean {
  return kid !== null && kids.includes(kid)
}

function at(lot: string, part: string): string {
  return JSON.stringify([lot, part])
}

function partsOf({ tender }: OpeningView): Pick<Place, 'lot' | 'part' | 'title' | 'opened'>[] {
  return (tender?.lots ?? []).flatMap(({ lot, title, parts, draw }) => {
    const bid = parts ?? [{ part: READOUT_FORM, opened_here: true }]
    const all = bid.map(({ part, opened_here: here }) => ({ lot, part, title, opened: howOpened(part, here ?? false) }))
    return draw ? [...all, { lot, part: DRAW, title, opened: 'published' as const }] : all
  })
}

function howOpened(part: string, here: boolean): Place['opened'] {
  if (part === READOUT_FORM) return 'published'
  return here ? 'entrusted' : 'kept'
}

interface Offered {
  readonly lot: string
  readonly part: string
  readonly public_key: string
}

interface BySelf {
  readonly person: string
  readonly signed: Signed
}

/** The ids of this person's own keys, by lot and part; what was offered last counts until a policy names one. */
async function offersOf(timeline: Followed): Promise<Map<string, string>> {
  const kids = new Map<string, string>()
  for (const { signed } of own(timeline, 'CustodianKeyOffered')) {
    const [lot, part, kid] = await offered(signed)
    kids.set(at(lot, part), kid)
  }
  return kids
}

async function offered({ statement }: Signed): Promise<[lot: string, part: string, kid: string]> {
  const { lot, part, public_key: key } = said(statement, 'custodian_key') as Offered
  return [lot, part, await keyId(unb64(key))]
}

interface Listed {
  readonly policy?: string
  readonly lot?: string
  readonly part?: string
  readonly custodians: readonly Holder[]
  readonly escrow?: { readonly holders: readonly Holder[] } | null
}

interface Holder {
  readonly person: string
  readonly proof: Signed
}

interface Holding {
  readonly kid: string
  readonly struck: boolean
  readonly helps: boolean
}

/** What the policies say of this person, as strikes have left them. */
async function heldOf(timeline: Followed): Promise<Map<string, Holding>> {
  const held = new Map<string, Holding>()
  const strikes = all<BySelf>(timeline, 'CustodianStruck').map(({ signed }) => said(signed.statement, 'strike') as Listed)
  for (const { signed } of all<BySelf>(timeline, 'PolicyPublished')) {
    const [policy, id] = [said(signed.statement, 'policy') as Listed, await statementId(signed.statement)]
    const lists = [policy, ...strikes.filter((strike) => strike.policy === id)]
    const mine = lists.map(({ custodians }) => custodians.find(({ person }) => person === timeline.view.me.person))
    const last = mine.at(-1)
    const known = last ?? mine.filter((one) => one).at(-1)
    const helping = policy.escrow?.holders.find(({ person }) => person === timeline.view.me.person)
    const holds = helping ?? known
    if (!holds) continue
    const [kid, helps] = [(await offered(holds.proof))[2], holds === helping]
    held.set(at(policy.lot!, policy.part!), { kid, helps, struck: !helps && !last })
  }
  return held
}

function kidsIn(timeline: Followed, type: string, kind: string): string[] {
  return own(timeline, type).map(({ signed }) => (said(signed.statement, kind) as { kid: string }).kid)
}

function entrusted(timeline: Followed): string[] {
  return all<{ kid: string }>(timeline, 'KeyEntrusted').map(({ kid }) => kid)
}

function own(timeline: Followed, type: string): BySelf[] {
  return all<BySelf>(timeline, type).filter(({ person }) => person === timeline.view.me.person)
}

function all<E>({ main }: Followed, type: string): E[] {
  return main.map(happened).filter((event) => event?.type === type) as unknown as E[]
}
