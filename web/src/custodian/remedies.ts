/** An escrow holder's shares: of the bids that ask, once this page has seen that they may ask, and of no other. */

import { sign } from '../keys/identity'
import { done, type Sitting } from '../opening/desk/acts'
import { b64, sha256, unb64 } from '../seal/bytes'
import { jcs } from '../seal/canonical'
import { BadDeal, openedShare, type Share } from '../seal/dealing'
import { ctxOf } from '../seal/envelope'
import { said, statementId } from '../seal/statements'
import { alike } from '../verify/hash'
import type { RemedyAsked } from '../wire'
import { missingIn, prove } from './checks'
import type { CustodyKey } from './custody_file'
import { Broken, type Seen } from './seen'

/** Under this name the bidder commits to the shares of its half. */
const GROUP = 'B'

interface Deal {
  readonly ctx: string
  readonly escrow: readonly Share[]
}

/** Publish our share of one bid that asks; Broken before anything is signed unless every check holds now. */
export async function publishShare(sitting: Sitting, seen: Seen, bid: string, asked: RemedyAsked, key: CustodyKey): Promise<void> {
  const { close, window } = await prove(seen)
  const share = await shareOf(seen, close, bid, asked, key)
  const { session } = sitting.timeline
  const told = { session, submission: bid, window_closed: window, kid: key.kid, share }
  await done(sitting, { type: 'PublishEscrowShare', signed: await sign('escrow_share', told) })
}

/** Our share of the half of the bid that asks, empty if what was dealt to us gives none. Broken unless it may ask. */
export async function shareOf(seen: Seen, close: string, bid: string, asked: RemedyAsked, { seed }: CustodyKey): Promise<string> {
  await requireOwner(seen, asked)
  const { ctx, escrow } = await dealOf(asked, bid, close)
  if (!(await missingIn(seen)).includes(bid)) throw new Broken('remedyReleased')
  try {
    return b64(await openedShare(unb64(ctx), GROUP, escrow, seed))
  } catch (thrown) {
    // The bidder dealt us none: saying so is our answer, and the rules judge it.
    if (thrown instanceof BadDeal) return ''
    throw thrown
  }
}

/** How the half was dealt; Broken unless the request, the submission and the deal are of this one bid. */
async function dealOf({ part, request }: RemedyAsked, bid: string, close: string): Promise<Deal> {
  const told = said(request.statement, 'remedy_request') as { submission: string; close: string }
  const deal = said(part.deal, 'deal') as Deal
  const { header } = said(part.submission, 'submission') as { header: string }
  const found = [told.submission, await statementId(part.submission), told.close, header, deal.ctx]
  const wanted = [bid, bid, close, b64(await sha256(jcs(part.header))), b64(await ctxOf(part.header.core))]
  if (!alike(found, wanted)) throw new Broken('remedyOfOther')
  return deal
}

/** That one person asks, and submitted and dealt the bid. */
async function requireOwner(seen: Seen, { request, part, certificates }: RemedyAsked): Promise<void> {
  const papers = [request, { statement: part.submission, certificates }, { statement: part.deal, certificates }]
  const people = await Promise.all(papers.map((paper) => seen.signedByPeople(paper)))
  if (new Set(people.flat()).size !== 1) throw new Broken('remedyOfOther')
}
