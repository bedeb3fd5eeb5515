import { text, u32be, type Bytes } from '../seal/bytes'
import { byBytes, derived, labelled, leafHash, rootOf } from './hash'

const PAD = text('pad')

/** The root of a tick over `slots` slots, among which its seed places the leaves and salts them all. */
export function tickRoot(seed: Bytes, slots: number, leaves: readonly Bytes[]): Bytes {
  if (leaves.length > slots) throw new RangeError('a tick has no fewer slots than entries')
  const numbers = Array.from({ length: slots }, (_, i) => i)
  const ranks = numbers.map((i) => derived(seed, text('place'), u32be(i)))
  const order = [...numbers].sort((a, b) => byBytes(ranks[a]!, ranks[b]!))
  const content = new Map(leaves.map((leaf, j) => [order[j]!, leaf]))
  return rootOf(numbers.map((i) => leafHash(slotOf(derived(seed, text('salt'), u32be(i)), content.get(i)))))
}

function slotOf(salt: Bytes, leaf: Bytes | undefined): Bytes {
  return labelled('sbe/1 slot', salt, leaf ?? PAD)
}
