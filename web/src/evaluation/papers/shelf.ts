import type { EvaluationView } from '../../wire'

/** A document that this member may open: a volume of a bid, or a blind volume under its code. */
export interface Paper {
  readonly name: string
  readonly target: string
  readonly volume: string
  readonly title: string
  readonly address: string
}

/** Every document that a member may open now, blind volumes in the order of their drawn codes. */
export function papersOf({ session, table, codes = {}, bids = {} }: EvaluationView): Paper[] {
  const volumes = table?.volumes ?? []
  const titleOf = (volume: string) => volumes.find((one) => one.volume === volume)?.title ?? volume
  const paper = (target: string, name: string, volume: string): Paper => ({
    name: `${target} ${volume}`,
    target,
    volume,
    title: `${name} · ${titleOf(volume)}`,
    address: `/api/evaluations/${session}/papers/${target}/${volume}`,
  })
  const blind = Object.entries(codes).flatMap(([volume, all]) => all.map((code) => paper(code, code, volume)))
  const open = Object.entries(bids).flatMap(([bid, { name, documents }]) =>
    documents.map(({ volume }) => paper(bid, name, volume)),
  )
  return [...blind, ...open]
}
