import { b64, text, u64be, type Bytes } from '../seal/bytes'
import { jcs } from '../seal/canonical'
import { derived, labelled, leafHash, unb64Sized } from './hash'
import type { Proof, Shown } from './values'

/** What is shown is not what the leaf commits to; the code is a reason of the report. */
export class Mismatch extends Error {
  constructor(readonly why: 'notChained' | 'otherContent' | 'contentWithoutProof') {
    super(why)
  }
}

export function genesis(session: string, line: string): Bytes {
  return labelled('sbe/1 genesis', text(session), text(line))
}

export function leafOf(prev: Bytes, seq: number, root: Bytes): Bytes {
  return labelled('sbe/1 leaf', prev, u64be(seq), root)
}

/** The salt of one field. */
export function fieldSalt(salt: Bytes, name: string): Bytes {
  return derived(salt, text(name))
}

/** The fields' root of a shown entry: each is either shown with its salt or hidden behind its hash. */
export function shownRoot(event: Readonly<Record<string, unknown>>, { salts, hidden }: Proof): Bytes {
  const [shown, salted] = [Object.keys(event), Object.keys(salts)]
  const matching = shown.length === salted.length && shown.every((name) => name in salts && !(name in hidden))
  if (!matching) throw new Mismatch('otherContent')
  const hashes = new Map(Object.entries(hidden).map(([name, raw]) => [name, unb64Sized(raw, 32)]))
  for (const name of shown) {
    hashes.set(name, labelled('sbe/1 field', text(name), unb64Sized(salts[name]!, 32), jcs(event[name])))
  }
  const names = [...hashes.keys()].sort()
  return labelled('sbe/1 fields', ...names.flatMap((name) => [text(name), hashes.get(name)!]))
}

/** The leaf of a shown entry that follows `prev`. Content withheld is taken on its leaf's word. */
export function check({ prev: stated, leaf: named, event, proof, seq }: Shown, prev: Bytes): Bytes {
  if (stated !== b64(prev)) throw new Mismatch('notChained')
  const leaf = unb64Sized(named, 32)
  if ((event === null) !== (proof === null)) throw new Mismatch('contentWithoutProof')
  if (event && proof && b64(leafOf(prev, seq, shownRoot(event, proof))) !== named) throw new Mismatch('otherContent')
  return leaf
}

/** The leaf by which the platform log holds a session's head. */
export function platformLeaf(session: string, seq: number, head: string): Bytes {
  return leafHash(jcs({ head, seq, session }))
}
