import type { EvaluationView, Score, ScoreItem } from '../../wire'

/** Something that is scored as a whole: a bid, or a blind volume under its code. */
export interface Target {
  readonly target: string
  /** The code of a blind volume has no bidder's name. */
  readonly blind: boolean
  readonly name: string
  readonly items: readonly ScoreItem[]
}

/** What this member's sheet holds, item by item in the table's order; blind volumes in the order of their drawn codes. */
export function targetsOf({ wanted = [], table, codes = {}, bids = {} }: EvaluationView): Target[] {
  const places = [...Object.values(codes).flat(), ...Object.keys(bids)]
  const names = [...new Set(wanted.map(([target]) => target))]
  names.sort((a, b) => places.indexOf(a) - places.indexOf(b))
  return names.map((target) => ({
    target,
    blind: !bids[target],
    name: bids[target]?.name ?? target,
    items: (table?.items ?? []).filter(({ item }) => wanted.some(([of, what]) => of === target && what === item)),
  }))
}

/** How a score is kept while it is on the page. */
export function keyOf(target: string, item: string): string {
  return `${target} ${item}`
}

const SCALE = 4
const POINTS = /^(0|[1-9]\d{0,5})(\.\d{1,4})?$/

/** Points in ten-thousandths, exactly; null if this is no score. */
function scaled(points: string): bigint | null {
  if (!POINTS.test(points)) return null
  const [whole = '', decimals = ''] = points.split('.')
  return BigInt(whole + decimals.padEnd(SCALE, '0'))
}

/** Ten-thousandths as points, without zeros behind. */
function unscaled(value: bigint): string {
  const digits = value.toString().padStart(SCALE + 1, '0')
  const decimals = digits.slice(-SCALE).replace(/0+$/, '')
  return digits.slice(0, -SCALE) + (decimals ? `.${decimals}` : '')
}

/** Whether an item may be given these points: in its range, on one of its steps. */
export function isPossible({ least = '0', most, step = '0.01' }: ScoreItem, points: string): boolean {
  const [given, low, high, by] = [points, least, most, step].map(scaled) as [bigint | null, bigint, bigint, bigint]
  return given !== null && given >= low && given <= high && (by === 0n || (given - low) % by === 0n)
}

/** The next possible points up or down; the nearest bound beyond it. */
export function stepped({ least = '0', most, step = '0.01' }: ScoreItem, points: string, up: boolean): string {
  const [low, high, by] = [least, most, step].map(scaled) as [bigint, bigint, bigint]
  const now = scaled(points)
  if (now === null) return unscaled(up ? low : high)
  const next = now + (up ? by : -by)
  return unscaled(next < low ? low : next > high ? high : next)
}

/** The sum of what is given; what is no score counts nothing. */
export function sumOf(points: readonly string[]): string {
  return unscaled(points.reduce((sum, one) => sum + (scaled(one) ?? 0n), 0n))
}

/** Everything on the page that is a possible score, as a draft or sheet carries it. */
export function scoresOf(targets: readonly Target[], given: Readonly<Record<string, string>>): Score[] {
  return targets.flatMap(({ target, items }) =>
    items
      .filter((item) => isPossible(item, given[keyOf(target, item.item)] ?? ''))
      .map(({ item }) => ({ target, item, points: given[keyOf(target, item)]! })),
  )
}
