import type { Lot, OpeningView } from '../wire'

/** A lot that ended at the count: how many bids there were, and how many it needed; null for any other lot. */
export function tooFewOf(view: OpeningView, { lot, title, minimum = 3 }: Lot) {
  if (view.aborted?.[lot] !== 'too_few_bids') return null
  const n = view.counts?.find((count) => count.lot === lot)?.bids ?? 0
  // A lot without any bid has too few, whatever it needs.
  return { title, n, minimum: Math.max(1, minimum) }
}
