import { b64, unb64, type Bytes } from '../seal/bytes'
import { hash, idOf } from './hash'
import { said, type Payload } from './statements'
import { readoutPart, type Bid, type Custodians, type Policy } from './held'
import { DRAW, type Opening } from './state'

export type Shares = Payload<'deal'>['shares']

/** The key ids of custodians or escrow holders, in their order. */
export function kidsOf(custodians: Custodians): string[] {
  return custodians.map(({ proof }) => b64(hash(unb64(said(proof.statement, 'custodian_key').public_key))))
}

export function escrowKids({ escrow }: Policy): string[] {
  return escrow ? kidsOf(escrow.holders) : []
}

/** The key ids of all that a custodian holds or, before it was struck, held in this session, sorted. */
export function kidsHeld(opening: Opening, person: string): string[] {
  const lists = [...opening.policies.values(), ...[...opening.revisions.values()].flat()].map((one) => one.custodians)
  const held = lists.flatMap((custodians) => kidsOf(custodians).filter((_, place) => custodians[place]!.person === person))
  return [...new Set(held)].sort()
}

/**
 * The seeds that judge what was dealt under a policy: the first k published by custodians whom it is dealt to and who
 * were not struck; a later one changes nothing.
 */
export function seedsFor(opening: Opening, policy: string, shares: Shares): Map<string, Bytes> {
  const kids = usable(opening, policy, shares)
  const published = [...opening.keys].filter(([kid]) => kids.has(kid)).slice(0, opening.policies.get(policy)!.k)
  return new Map(published.map(([kid, seed]) => [kid, unb64(seed)]))
}

/** The keys of the custodians to whom these shares are dealt and who were not struck. */
function usable(opening: Opening, policy: string, shares: Shares): Set<string> {
  const now = new Set(kidsOf(opening.current(policy).custodians))
  return new Set(shares.map(({ kid }) => kid).filter((kid) => now.has(kid)))
}

/** Whether no more than k of their custodians remain, and a new deal would be for others too. */
function wantsDeal(opening: Opening, policy: string, shares: Shares): boolean {
  const [left, now] = [usable(opening, policy, shares), opening.current(policy)]
  return left.size <= now.k && left.size !== kidsOf(now.custodians).length
}

/** Whether k custodians of this policy have published. */
export function enoughKeys({ keys }: Opening, { custodians, k }: Policy): boolean {
  return kidsOf(custodians).filter((kid) => keys.has(kid)).length >= k
}

/** Whether every lot that is being opened has its k keys, and everything in it k of its own custodians'. */
export function enoughKeysEverywhere(opening: Opening): boolean {
  return opening.runningPolicies().every((policy) => enoughKeys(opening, policy)) && isServed(opening)
}

/** Whether whatever need not have been dealt again has k of its own custodians' keys. */
function isServed(opening: Opening): boolean {
  if (!opening.revisions.size) return true
  const needed = dealt(opening).filter(([policy, shares]) => !wantsDeal(opening, policy, shares))
  return needed.every(([policy, shares]) => {
    const kids = usable(opening, policy, shares)
    const published = [...kids].filter((kid) => opening.keys.has(kid)).length
    return published >= Math.min(opening.policies.get(policy)!.k, kids.size)
  })
}

/** Policy and shares of all that the published keys open. */
function dealt(opening: Opening): [policy: string, shares: Shares][] {
  const bids = [...opening.bids.values()].filter(({ release, remedy }) => release || remedy)
  const deals = bids.map((bid): [string, Shares] => {
    const { policy, shares } = dealOf(bid)
    return [policy, shares]
  })
  const draws = [...opening.drawEnvelopes.values()].flatMap((envelope): [string, Shares][] => {
    const { lot, shares } = said(envelope, 'draw_envelope')
    const found = opening.policyOf(lot, DRAW)
    return found ? [[found[0], shares]] : []
  })
  const running = opening.running()
  return [...deals, ...draws].filter(([policy]) => running.includes(policy))
}

/** How the halves of a bid's readout form were dealt. */
export function dealOf(bid: Bid): Payload<'deal'> {
  return said(readoutPart(bid).deal, 'deal')
}

/** The policy of a bid's readout form. */
export function policyOfBid(opening: Opening, bid: Bid): Policy {
  const policy = opening.policies.get(readoutPart(bid).header.core.policy)
  if (!policy) throw new Error(`there is no policy for bid ${bid.bid}`)
  return policy
}

/** The custodians' lists of a policy that held at an instant: two if a strike is of the same instant. */
export function listsAt({ policies, revisions }: Opening, policy: string, at: number): Custodians[] {
  const made = revisions.get(policy) ?? []
  const lists = [{ at: -Infinity, custodians: policies.get(policy)!.custodians }, ...made]
  return lists
    .filter((list, place) => list.at <= at && at <= (lists[place + 1]?.at ?? Infinity))
    .map(({ custodians }) => custodians)
}

/** Every list of custodians that a policy has had, in their order. */
export function allLists({ policies, revisions }: Opening): Policy[] {
  return [...policies].flatMap(([id, policy]) => [
    policy,
    ...(revisions.get(id) ?? []).map(({ custodians }) => ({ ...policy, custodians })),
  ])
}

/** Whether a strike leaves all others in their order, and whoever is new behind them. */
export function follows({ custodians }: Policy, strike: Payload<'strike'>): boolean {
  const stay = custodians.filter(({ person }) => person !== strike.person)
  const kept = strike.custodians.slice(0, stay.length)
  const same = kept.length === stay.length && stay.every((one, place) => sameCustodian(one, kept[place]!))
  return stay.length === custodians.length - 1 && same
}

function sameCustodian(one: Custodians[number], other: Custodians[number]): boolean {
  const [a, b] = [one, other].map(({ person, side, proof }) =>
    JSON.stringify([person, side, idOf(proof.statement), proof.statement.signatures, proof.certificates]),
  )
  return a === b
}
