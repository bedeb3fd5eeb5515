import { b64 } from '../seal/bytes'
import { entryName, type Case } from './case'
import { isOf, type Happened } from './events'
import { alike, idOf } from './hash'
import { escrowKids, kidsOf, listsAt } from './policies'
import { ctxOf } from './remedy'
import { Failed } from './report'
import { said, type Payload } from './statements'
import type { SealedPart } from './values'

/** By bid and policy: the part, and the id of the deal that holds. */
type Live = Map<string, { readonly part: SealedPart; readonly deal: string }>

/** Step 9, the shares: each new deal is for a bid that was there, before the deadline, and replaces the one before it. */
export function dealtAgain(bundle: Case, deadline: string): void {
  const live: Live = new Map()
  for (const shown of bundle.lines) {
    const happened = bundle.whole(shown)
    if (!happened) continue
    if (isOf(happened, 'BidSubmitted')) submitted(happened, live)
    if (isOf(happened, 'DealtAgain')) replaced(bundle, happened, live, deadline)
  }
}

function submitted({ event: { bid, parts } }: Happened<'BidSubmitted'>, live: Live): void {
  for (const part of parts) live.set(`${bid} ${part.header.core.policy}`, { part, deal: idOf(part.deal) })
}

function replaced(bundle: Case, happened: Happened<'DealtAgain'>, live: Live, deadline: string): void {
  const { bid, deals } = happened.event
  if (String(happened.shown.event?.at) >= deadline) throw new Failed(entryName(happened.shown), 'dealtLate')
  for (const { statement } of deals) {
    const deal = said(statement, 'deal')
    const before = live.get(`${bid} ${deal.policy}`)
    if (!before || deal.prev !== before.deal) throw new Failed(entryName(happened.shown), 'dealFollowsNone')
    dealt(bundle, happened, before.part, deal)
    live.set(`${bid} ${deal.policy}`, { part: before.part, deal: idOf(statement) })
  }
}

/** For this envelope, and for a list of custodians that held when the entry was made; Failed otherwise. */
export function dealt({ state }: Case, happened: Happened, { header }: SealedPart, deal: Payload<'deal'>): void {
  const [{ core }, name] = [header, entryName(happened.shown)]
  if (!alike([deal.bidder, deal.version, deal.policy], [core.bidder, core.version, core.policy])) {
    throw new Failed(name, 'sealedForAnother')
  }
  if (deal.ctx !== b64(ctxOf(header))) throw new Failed(name, 'otherHeader')
  const [kids, policy] = [deal.shares.map(({ kid }) => kid), state.policies.get(core.policy)!]
  const held = listsAt(state, core.policy, happened.at).map(kidsOf)
  if (deal.k !== policy.k || !held.some((list) => alike(list, kids))) throw new Failed(name, 'otherCustodians')
  const escrow = deal.escrow.map(({ kid }) => kid)
  if (escrow.length && !alike(escrow, escrowKids(policy))) throw new Failed(name, 'otherHolders')
}
