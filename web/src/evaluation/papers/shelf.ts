import type { EvaluationView } from '../../wire'

/** A document that this member may open: a volume of a bid, or a blind volume under its code. */
export interface Paper {
  readonly name: string
  readonly target: string
  readonly volume: string
  readonly title: string
  readonly address: string
  /** In bytes. */
  readonly size: number
}

/** Every document that a member may open now, in the server's order: blind volumes by their drawn codes. */
export function papersOf({ session, table, papers = [], bids = {} }: EvaluationView): Paper[] {
  const titles = new Map((table?.volumes ?? []).map(({ volume, title }) => [volume, title]))
  return papers.map(({ target, volume, size }) => ({
    name: `${target} ${volume}`,
    target,
    volume,
    title: `${bids[target]?.name ?? target} · ${titles.get(volume) ?? volume}`,
    address: `/api/evaluations/${session}/papers/${encodeURIComponent(target)}/${encodeURIComponent(volume)}`,
    size,
  }))
}

/** What stands beside a document when two bids are compared: the same volume of the next bid. */
export function besideOf(papers: readonly Paper[], name: string): Paper | undefined {
  const place = papers.findIndex((paper) => paper.name === name)
  const others = [...papers.slice(place + 1), ...papers.slice(0, place)]
  return others.find(({ volume }) => volume === papers[place]?.volume) ?? others[0]
}
