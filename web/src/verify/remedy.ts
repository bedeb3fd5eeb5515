import { b64, text, unb64, type Bytes } from '../seal/bytes'
import { jcs } from '../seal/canonical'
import { BadDeal, TooFewKeys } from '../seal/dealing'
import * as shamir from '../seal/shamir'
import { labelled } from './hash'
import { dealOf, policyOfBid } from './policies'
import type { Payload } from './statements'
import { readoutPart, type Bid } from './held'
import type { Opening } from './state'
import type { Header } from './values'

/** Under this name the bidder commits to its half, and to the shares of it. */
const GROUP = 'B'

/** ctx of an envelope (docs/protocol.md, section 6). */
export function ctxOf({ core }: Header): Bytes {
  return labelled('sbe/1 core', jcs(core))
}

/** c(g, x) of docs/protocol.md, section 6. */
export function commitment(ctx: Bytes, group: string, secret: Bytes): string {
  return b64(labelled('sbe/1 commit', ctx, text(group), secret))
}

/** Whether a share is the one committed to; an empty one is the holder's word that there is none such. */
export function shareMatches(bid: Bid, { kid, share: given }: Payload<'escrow_share'>): boolean {
  const share = dealOf(bid).escrow.find((one) => one.kid === kid)
  if (!share || !given) return share !== undefined
  try {
    return commitment(ctxOf(readoutPart(bid).header), `${GROUP}/${kid}`, unb64(given)) === share.c
  } catch {
    return false
  }
}

/** Whether more shares cannot change what becomes of the remedy. */
export function isRemedyDecided(opening: Opening, bid: Bid): boolean {
  try {
    remediedHalf(opening, bid)
  } catch (fault) {
    if (fault instanceof BadDeal) return true
    if (fault instanceof TooFewKeys) return bid.shares.size === dealOf(bid).escrow.length
    throw fault
  }
  return true
}

/** The half of a bid that asks, from its escrow shares; BadDeal is the bidder's fault, TooFewKeys no bidder's. */
export function remediedHalf(opening: Opening, bid: Bid): Bytes {
  const { escrow } = policyOfBid(opening, bid)
  if (!escrow || !bid.remedy) throw new TooFewKeys('no remedy was asked for')
  const given = [...bid.shares].filter(([, share]) => share).map(([kid, share]) => [kid, unb64(share)] as const)
  const without = [...bid.shares].filter(([, share]) => !share).map(([kid]) => kid)
  const hopeless = without.length >= Math.max(escrow.k, escrow.holders.length - escrow.k + 1)
  if (given.length < escrow.k && hopeless) throw new BadDeal('share_does_not_open', without[0])
  return recovered(readoutPart(bid).header, escrow.k, dealOf(bid).escrow, given)
}

/** The first k shares judge: the secret and all shares are recomputed and compared. */
function recovered(
  header: Header,
  k: number,
  shares: Payload<'deal'>['escrow'],
  given: readonly (readonly [kid: string, plain: Bytes])[],
): Bytes {
  if (given.length < k) throw new TooFewKeys(`${given.length} of ${k} shares are here`)
  for (const [kid, plain] of given) {
    const place = shares.findIndex((share) => share.kid === kid) + 1
    if (plain.length !== 33 || plain.at(-1) !== place) throw new BadDeal('share_misplaced', kid)
  }
  const [ctx, basis] = [ctxOf(header), given.slice(0, k).map(([, plain]) => plain)]
  const secret = shamir.at(basis, 0)
  if (commitment(ctx, GROUP, secret) !== header.B) throw new BadDeal('secret_not_committed')
  shares.forEach(({ kid, c }, place) => {
    const recomputed = Uint8Array.from([...shamir.at(basis, place + 1), place + 1])
    if (commitment(ctx, `${GROUP}/${kid}`, recomputed) !== c) throw new BadDeal('uneven_shares', kid)
  })
  return secret
}
