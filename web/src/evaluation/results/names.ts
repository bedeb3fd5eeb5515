import type { EvaluationView } from '../../wire'

/** What a bid or a bidder is called on the page; whoever may not know it reads the start of its id. */
export function nameIn({ bids = {} }: EvaluationView): (id: string) => string {
  return (id) => bids[id]?.name ?? (id.length > 20 ? id.slice(0, 8) : id)
}
