/** What is said of a sealed part: a submission and a deal, before anybody has signed them. */

import { statementId } from '../seal/statements'
import type { SealFor, Standing } from './own'
import type { SealedPart } from './sealing'

/** What a part's new version follows: its own number, the ids of the submission and deal that it replaces, or null. */
export interface Follows {
  readonly version: number
  readonly submission: string | null
  readonly deal: string | null
}

/** What the next version of a part follows. */
export async function followsOf(part: string, { version, live }: Standing): Promise<Follows> {
  const before = live?.parts.find((one) => one.part === part)
  return {
    version: version + 1,
    submission: before ? await statementId(before.submission) : null,
    deal: before ? await statementId(before.deal) : null,
  }
}

/** The payloads of both statements. */
export function toldOf(sealed: SealedPart, { policy, k }: SealFor, bidder: string, follows: Follows) {
  const about = { policy, bidder, version: follows.version }
  const { header, ct, n, ctx, shares, escrow } = sealed
  return {
    submission: { ...about, prev: follows.submission, header, ct, n },
    deal: { ...about, prev: follows.deal, ctx, k, shares, escrow },
  }
}
