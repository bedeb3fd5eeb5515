/** Taking a custodian out before the deadline: the tenderer proposes, the supervisor signs too. */

import { sign } from '../../keys/identity'
import { statementId } from '../../seal/statements'
import { said } from '../../timeline/said'
import { happened } from '../../timeline/rows'
import type { CustodianStruck, OpeningView, PolicyPublished, Signed } from '../../wire'
import { done, events, type Sitting } from './acts'
import { offers, type Custodian } from './policy'

export const STRIKE_CAUSES = ['absent', 'drill_failed', 'key_lost'] as const

/** A policy with its custodians of now, and the strike that it would follow. */
export interface Listed {
  readonly policy: string
  readonly lot: string
  readonly part: string
  readonly k: number
  readonly custodians: readonly Custodian[]
  readonly prev: string | null
  /** Who may never be a custodian under it. */
  readonly helpers: readonly string[]
}

interface Told {
  readonly lot: string
  readonly part: string
  readonly k: number
  readonly custodians: readonly Custodian[]
  readonly escrow: { readonly holders: readonly Custodian[] } | null
}

export function mayStrike({ me, phase, policies }: OpeningView): boolean {
  return me.role === 'tenderer' && !!policies?.length && ['SCHEDULED', 'LOBBY'].includes(phase)
}

/** Every policy as strikes have left it. */
export async function listed(sitting: Sitting): Promise<Listed[]> {
  const strikes = events<CustodianStruck>(sitting, 'CustodianStruck').map(({ signed }) => signed)
  const published = events<PolicyPublished>(sitting, 'PolicyPublished')
  return Promise.all(
    published.map(async ({ signed }) => {
      const policy = await statementId(signed.statement)
      const told = said(signed.statement) as unknown as Told
      const last = strikes.filter((strike) => said(strike.statement)?.policy === policy).at(-1)
      const { lot, part, k } = told
      const custodians = last ? (said(last.statement) as unknown as Told).custodians : told.custodians
      const helpers = told.escrow?.holders.map(({ person }) => person) ?? []
      return { policy, lot, part, k, custodians, helpers, prev: last ? await statementId(last.statement) : null }
    }),
  )
}

/** Who has offered a key for this place and holds none: may come instead of the struck one. */
export function mayReplace(sitting: Sitting, { custodians, helpers, ...place }: Listed): ReadonlyMap<string, Signed> {
  const taken = new Set([...custodians.map(({ person }) => person), ...helpers])
  return new Map([...offers(sitting, place)].filter(([person]) => !taken.has(person)))
}

/** The strike that waits for the supervisor; null if none does. */
export function strikeAwaited(sitting: Sitting): Signed | null {
  const last = sitting.timeline.main.map(happened).filter((event) => STRIKES.includes(event?.type ?? '')).at(-1)
  return last?.type === 'StrikeProposed' ? (last.signed as Signed) : null
}

const STRIKES = ['StrikeProposed', 'CustodianStruck']

/** Propose it; all others stay in their order, whoever is new comes last. */
export async function proposeStrike(
  sitting: Sitting,
  from: Listed,
  person: string,
  cause: (typeof STRIKE_CAUSES)[number],
  replacements: readonly string[],
): Promise<void> {
  const { session } = sitting.timeline.view
  const custodians = after(sitting, from, person, replacements)
  const strike = { session, policy: from.policy, prev: from.prev, person, cause, custodians }
  await done(sitting, { type: 'ProposeStrike', signed: await sign('strike', strike) })
}

/** The custodians that are left. */
export function after(sitting: Sitting, from: Listed, person: string, replacements: readonly string[]): Custodian[] {
  const come = [...mayReplace(sitting, from)].filter(([one]) => replacements.includes(one))
  const added = come.map(([one, proof]) => ({
    person: one,
    side: sitting.timeline.view.members?.[one]?.side ?? '',
    proof,
  }))
  return [...from.custodians.filter((one) => one.person !== person), ...added]
}
