import { consortiumOf } from './acting'
import { depositOf } from './deposits'
import type { Bid } from './held'
import type { Opening } from './state'

/** A settled bid as it is read out: what its bidder confirms or disputes. */
export function readoutLine(opening: Opening, bid: Bid) {
  const { outcome, cause, form } = bid.settlement!
  const own = { bid: bid.bid, name: bid.name, lot: bid.lot, outcome, cause, form }
  return { ...own, deposit: depositOf(opening, bid), consortium: consortiumOf(opening, bid) }
}
