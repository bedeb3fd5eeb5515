/** Secret sharing (Shamir, 1979) over GF(2^8), AES polynomial: share = y₁…yₙ ‖ x. */

import { random, type Bytes } from './bytes'

const EXP = new Uint8Array(510)
const LOG = new Uint8Array(256)
for (let power = 0, value = 1; power < 255; power += 1) {
  EXP[power] = EXP[power + 255] = value
  LOG[value] = power
  value = (value ^ (value << 1) ^ (value & 0x80 ? 0x11b : 0)) & 0xff
}

function times(a: number, b: number): number {
  return a && b ? EXP[LOG[a]! + LOG[b]!]! : 0
}

function over(a: number, b: number): number {
  return a ? EXP[LOG[a]! - LOG[b]! + 255]! : 0
}

/** n shares of which any k give the secret and k − 1 tell nothing; 1 ≤ k ≤ n ≤ 255. Share i lies at x = i, from 1. */
export function split(secret: Bytes, n: number, k: number): Bytes[] {
  if (!(k >= 1 && k <= n && n <= 255)) throw new RangeError('needs 1 ≤ k ≤ n ≤ 255')
  const polynomials = [...secret].map((byte) => [byte, ...random(k - 1)])
  return Array.from({ length: n }, (_, i) =>
    Uint8Array.from([...polynomials.map((polynomial) => evaluate(polynomial, i + 1)), i + 1]),
  )
}

function evaluate(polynomial: readonly number[], x: number): number {
  return polynomial.reduceRight((y, coefficient) => times(y, x) ^ coefficient, 0)
}

/** The value at `x` of the polynomials through `shares`: at 0 the secret, elsewhere a share without its x. */
export function at(shares: readonly Bytes[], x: number): Bytes {
  const places = shares.map((share) => share.at(-1)!)
  const alike = new Set(shares.map((share) => share.length)).size === 1
  if (!alike || new Set(places).size !== places.length || places.includes(0)) {
    throw new RangeError('shares must be of one length, at distinct places above 0')
  }
  const value = new Uint8Array(shares[0]!.length - 1)
  shares.forEach((share, i) => {
    const weight = weightOf(places, i, x)
    value.forEach((_, position) => (value[position]! ^= times(share[position]!, weight)))
  })
  return value
}

/** Lagrange's basis polynomial number i, at x. */
function weightOf(places: readonly number[], i: number, x: number): number {
  let [above, below] = [1, 1]
  places.forEach((place, j) => {
    if (i !== j) [above, below] = [times(above, x ^ place), times(below, places[i]! ^ place)]
  })
  return over(above, below)
}
