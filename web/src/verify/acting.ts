import type { Certified } from './certificates'
import type { Bid } from './held'
import type { Payload } from './statements'
import type { Opening } from './state'
import type { Party, Signed } from './values'

/* Who acts for a bid: its bidder and, in a consortium, whichever parties are declared with a key of theirs. */

type Parties = Payload<'consortium'>['parties']

/** The parties of the consortium that a bid is of, the lead first; none where one bids alone. */
function partiesOf({ consortia }: Opening, { lot, bidder }: Bid): Parties {
  const parties = consortia.get(`${lot}\n${bidder}`)?.parties ?? []
  return parties.length > 1 ? parties : []
}

/** The same, as they are read out. */
export function consortiumOf(opening: Opening, bid: Bid): Party[] {
  return partiesOf(opening, bid).map(({ person, name, work }) => ({ person, name, work }))
}

/** The bidder, and the parties that may act for the bid. */
function peopleOf(opening: Opening, bid: Bid): string[] {
  const others = partiesOf(opening, bid).slice(1)
  return [bid.bidder, ...others.filter(({ keys }) => keys.length).map(({ person }) => person)]
}

/** Whether what was signed with this key counts for the bid. */
export function actsFor(opening: Opening, bid: Bid, { person, keyid }: Pick<Certified, 'person' | 'keyid'>): boolean {
  const others = partiesOf(opening, bid).slice(1)
  return person === bid.bidder || others.some((party) => party.person === person && party.keys.includes(keyid))
}

/**
 * For which bidder somebody speaks: itself if it bids; else the lead of a consortium whose bid it acts for, with the
 * key that it has `signed` with; else itself.
 */
export function bidderBehind(opening: Opening, person: string, signed: Signed | null = null): string {
  if (opening.tookPart().has(person)) return person
  const keyid = signed ? firstSigner(signed) : ''
  const behind = [...opening.bids.values()].find((bid) =>
    signed ? actsFor(opening, bid, { person, keyid }) : peopleOf(opening, bid).includes(person),
  )
  return behind?.bidder ?? person
}

function firstSigner({ statement: { signatures } }: Signed): string {
  const [first] = signatures
  if (!first) throw new Error('nobody signed')
  return first.keyid
}

/** When the first of those who act for a bid checked in. */
export function presentSince(opening: Opening, bid: Bid): number | null {
  const times = peopleOf(opening, bid).flatMap((person) => opening.present.get(person) ?? [])
  return times.length ? Math.min(...times) : null
}

/** Those who take part in this bid and in another one on the same lot, alone or with others. */
export function bidsTwice(opening: Opening, bid: Bid): string[] {
  const others = [...opening.bids.values()].filter((other) => other.lot === bid.lot && other.bid !== bid.bid)
  const elsewhere = new Set(others.flatMap((other) => allOf(opening, other)))
  return allOf(opening, bid).filter((person) => elsewhere.has(person))
}

function allOf(opening: Opening, bid: Bid): string[] {
  const parties = partiesOf(opening, bid).map(({ person }) => person)
  return parties.length ? parties : [bid.bidder]
}
