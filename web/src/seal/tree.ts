/** Trees of hashes as RFC 9162 section 2.1 defines them. */

import { same, sha256, type Bytes } from './bytes'

/** Before the data of a leaf when it is hashed. */
export const LEAF = Uint8Array.of(0)
const NODE = Uint8Array.of(1)

export async function leafHash(data: Uint8Array): Promise<Bytes> {
  return sha256(LEAF, data)
}

async function nodeHash(left: Uint8Array, right: Uint8Array): Promise<Bytes> {
  return sha256(NODE, left, right)
}

/** The root of a stream of leaves: one hash for each complete subtree, largest first. */
export class GrowingTree {
  private readonly subtrees: { level: number; node: Bytes }[] = []

  /** Append one leaf hash. */
  async add(leaf: Bytes): Promise<void> {
    let [level, node] = [0, leaf]
    while (this.subtrees.at(-1)?.level === level) {
      node = await nodeHash(this.subtrees.pop()!.node, node)
      level += 1
    }
    this.subtrees.push({ level, node })
  }

  /** The root over all leaves so far. */
  async root(): Promise<Bytes> {
    const [last, ...others] = [...this.subtrees].reverse()
    let node = last?.node ?? (await sha256())
    for (const left of others) node = await nodeHash(left.node, node)
    return node
  }
}

export async function rootOf(leaves: readonly Bytes[]): Promise<Bytes> {
  const tree = new GrowingTree()
  for (const leaf of leaves) await tree.add(leaf)
  return tree.root()
}

/** Whether `path` shows that `leaf` is number `index` of the `size` leaves under `root` (section 2.1.3.2). */
export async function includes(
  root: Uint8Array,
  size: number,
  index: number,
  leaf: Bytes,
  path: readonly Bytes[],
): Promise<boolean> {
  if (index < 0 || index >= size) return false
  const lefts = siblingsOf(index, size)
  if (lefts.length !== path.length) return false
  let node = leaf
  for (const [height, sibling] of path.entries()) {
    node = await (lefts[height] ? nodeHash(sibling, node) : nodeHash(node, sibling))
  }
  return same(node, root)
}

/** The siblings on the way from leaf to root: whether each lies to the left. */
function siblingsOf(index: number, size: number): boolean[] {
  const lefts: boolean[] = []
  for (let [place, last] = [index, size - 1]; last > 0; [place, last] = [place >>> 1, last >>> 1]) {
    if (place % 2 === 1) lefts.push(true)
    else if (place < last) lefts.push(false)
  }
  return lefts
}
