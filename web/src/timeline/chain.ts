/** What an entry commits to: every field is salted by itself, so any part of it can be shown and checked. */

import { hmac, labelledHash, text, u64be, unb64, type Bytes } from '../seal/bytes'
import { jcs } from '../seal/canonical'
import type { Shown } from '../wire'

/** The leaf that a shown entry has by its content; null where content is withheld. */
export async function leafOf({ prev, seq, event, proof }: Shown): Promise<Bytes | null> {
  if (!event || !proof) return null
  const hashes = Object.entries(proof.hidden).map(([name, hash]) => [name, unb64(hash)] as const)
  for (const [name, value] of Object.entries(event)) {
    const salt = unb64(proof.salts[name] ?? '')
    hashes.push([name, await labelledHash('sbe/1 field', text(name), salt, jcs(value))])
  }
  hashes.sort(([a], [b]) => (a < b ? -1 : 1))
  const root = await labelledHash('sbe/1 fields', ...hashes.flatMap(([name, hash]) => [text(name), hash]))
  return labelledHash('sbe/1 leaf', unb64(prev), u64be(seq), root)
}

/** The salt of one field, from that of its entry. */
export async function fieldSalt(salt: Bytes, name: string): Promise<Bytes> {
  return hmac('SHA-256', salt, text(name))
}

/** What lies in a tick's slot: a salted leaf. */
export async function slotOf(salt: Bytes, leaf: Bytes): Promise<Bytes> {
  return labelledHash('sbe/1 slot', salt, leaf)
}
