/** How good a line is, from 0 (hardly any) to 4, by the share of packets lost and the round trip; null: not known yet. */
export function qualityOf(loss: number | undefined, tripMs: number | undefined): number | null {
  if (loss === undefined && tripMs === undefined) return null
  const byLoss = stepOf(loss ?? 0, [0.01, 0.03, 0.08, 0.2])
  const byTrip = stepOf(tripMs ?? 0, [150, 300, 600, 1200])
  return Math.min(byLoss, byTrip)
}

function stepOf(value: number, bounds: readonly number[]): number {
  return bounds.length - bounds.filter((bound) => value > bound).length
}

/** Of 127; a quiet room is below it. */
const SPEAKS = 70

/** Who speaks loudest, if anybody does. */
export function speakerOf(levels: Readonly<Record<string, number>>): string {
  const loudest = Object.entries(levels).sort(([, one], [, other]) => other - one)[0]
  return loudest && loudest[1] >= SPEAKS ? loudest[0] : ''
}
