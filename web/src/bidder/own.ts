/** What a bidder reads in its own line and in the session's. */

import { statementId, said } from '../seal/statements'
import type { Timeline } from '../timeline/frames'
import { happened } from '../timeline/rows'
import type { BidSubmitted, OpeningView, Shown, Signed } from '../wire'

export type Followed = Timeline<OpeningView>

/** How one lot stands for this bidder: how often it was bid on, and the bid that counts now. */
export interface Standing {
  readonly version: number
  readonly live: BidSubmitted | null
}

export function standing({ own }: Followed, lot: string): Standing {
  let [version, live]: [number, BidSubmitted | null] = [0, null]
  for (const event of own.map(happened)) {
    if (event?.lot !== lot) continue
    if (event.type === 'BidWithdrawn') live = null
    if (event.type === 'BidSubmitted') live = event as unknown as BidSubmitted
    version = live?.version ?? version
  }
  return { version, live }
}

/** The own entry that tells of a bid, by a type. */
export function ownEntry({ own }: Followed, type: string, bid: string): Shown | null {
  return own.filter((shown) => shown.event?.type === type && shown.event.bid === bid).pop() ?? null
}

/** The latest event of a kind on the main line. */
export function last<E>({ main }: Followed, type: E extends { type: infer T } ? T : never): E | null {
  return (main.map(({ event }) => event).filter((event) => event?.type === type).pop() ?? null) as E | null
}

interface CustodianKey {
  readonly public_key: string
}

interface Policy {
  readonly lot: string
  readonly part: string
  readonly k: number
  readonly log: { readonly name: string; readonly key: string }
  readonly cosigners: readonly { readonly name: string; readonly key: string }[]
  readonly quorum: number
  readonly custodians: readonly { readonly proof: Signed }[]
}

/** What one part of a bid is sealed for. */
export interface SealFor {
  readonly policy: string
  readonly lot: string
  readonly part: string
  readonly k: number
  readonly publics: readonly string[]
  readonly log: { readonly name: string; readonly key: string }
}

export const READOUT_FORM = 'readout_form'
/** The part for which custodians hold the seeds of a draw, not of a bid. */
const DRAW = 'draw'

/** What a bid on this lot must have; the readout form comes first. */
export async function partsOf({ main }: Followed, lot: string): Promise<SealFor[]> {
  const signed = main.filter(({ event }) => event?.type === 'PolicyPublished').map(({ event }) => event?.signed as Signed)
  const all = await Promise.all(signed.map(({ statement }) => statementId(statement)))
  return signed
    .map(({ statement }, i) => ({ policy: all[i]!, told: said(statement, 'policy') as Policy }))
    .filter(({ told }) => told.lot === lot && told.part !== DRAW)
    .map(({ policy, told }) => ({
      policy,
      lot: told.lot,
      part: told.part,
      k: told.k,
      log: told.log,
      publics: told.custodians.map(({ proof }) => (said(proof.statement, 'custodian_key') as CustodianKey).public_key),
    }))
    .sort((a, b) => Number(b.part === READOUT_FORM) - Number(a.part === READOUT_FORM))
}
