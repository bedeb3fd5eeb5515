/** Dealing a bid's keys anew, to the custodians of now: nothing is sealed or uploaded again. */

import { sign } from '../keys/identity'
import { b64 } from '../seal/bytes'
import { ctxOf, halvesMatch } from '../seal/envelope'
import { statementId } from '../seal/statements'
import { Refused } from '../timeline/refused'
import type { BidSubmitted, SealedPart } from '../wire'
import { done, type Acting } from './acts'
import type { HalvesOf } from './halves'
import type { SealFor } from './own'
import { dealt } from './seal_part'

/** Deal every part of a live bid again; Refused, and nothing handed in, unless the halves are its own. */
export async function dealAgain(acting: Acting, live: BidSubmitted, parts: readonly SealFor[], halves: HalvesOf): Promise<void> {
  const told = await Promise.all(live.parts.map((part) => anew(part, live.version, acting.person, parts, halves)))
  const deals = await Promise.all(told.map((deal) => sign('deal', deal)))
  await done(acting.handIn, { type: 'DealAgain', bid: live.bid, deals })
}

/** What is said of a part's new deal: it follows the one that holds now. */
export async function anew(
  { part, header, deal }: SealedPart,
  version: number,
  bidder: string,
  parts: readonly SealFor[],
  halves: HalvesOf,
) {
  const { policy } = header.core
  const [to, own] = [parts.find((one) => one.policy === policy), halves.get(part)]
  if (!to || !own || !(await halvesMatch(header, own))) throw otherHalves()
  const ctx = await ctxOf(header.core)
  const prev = await statementId(deal)
  return { policy, bidder, version, prev, ctx: b64(ctx), k: to.k, ...(await dealt(ctx, own, to)) }
}

function otherHalves(): Refused {
  return Refused.because(
    'other_half',
    '解密文件不是这一版投标的，没有提交。请换用递交这一版时保存的解密文件。',
    'These halves are of another bid, and nothing was handed in. Use the files kept with this version.',
  )
}
