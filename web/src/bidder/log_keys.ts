/** The keys that a log has had: the one that the policy names, and whatever followed it for all to see. */

import { unb64 } from '../seal/bytes'
import { ed25519Spki, isSignedBy } from '../seal/signing'
import { said, type Statement } from '../seal/statements'

export interface NamedKey {
  readonly name: string
  readonly key: string
}

interface KeyRotated {
  readonly log: string
  readonly old: string
  readonly new: string
}

/** All keys in their order; those after a statement that does not follow are not the log's. */
export async function keysOf(first: NamedKey, successors: readonly Statement[]): Promise<string[]> {
  const keys = [first.key]
  for (const statement of successors) {
    const [told, now] = [said(statement, 'key_rotated') as KeyRotated, keys.at(-1)!]
    const both = await Promise.all([now, told.new].map((key) => isSignedBy(statement, ed25519Spki(unb64(key)))))
    if (told.log !== first.name || told.old !== now || told.new === now || both.includes(false)) break
    keys.push(told.new)
  }
  return keys
}
