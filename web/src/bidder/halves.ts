/** The halves that open this browser's own bids, kept until the opening is over. */

import { createStore, get, set } from 'idb-keyval'
import type { Halves } from '../seal/envelope'
import type { ReadoutForm } from '../wire'

/** One bid's halves, and the form as it was sealed, to compare with what is read out. */
export interface KeptBid {
  readonly bid: string
  readonly halves: Halves
  readonly form: ReadoutForm | null
}

const store = () => createStore('remote-bid-halves', 'kept')

export async function keepBid(kept: KeptBid): Promise<void> {
  await set(kept.bid, kept, store())
}

export async function keptBid(bid: string): Promise<KeptBid | null> {
  return (await get<KeptBid>(bid, store())) ?? null
}
