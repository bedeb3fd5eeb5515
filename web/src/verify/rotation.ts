import { ed25519 } from '@noble/curves/ed25519.js'
import { b64, unb64 } from '../seal/bytes'
import { ed25519Spki } from '../seal/signing'
import { messageOf } from '../seal/statements'
import { alike, hash, unb64Sized } from './hash'
import type { NamedKey } from './note'
import { said } from './statements'
import type { SealedStatement } from './values'

/** Not a successor of the key before, or of another log's. */
class BadSuccessor extends Error {}

/** The keys of a log in their order, from the first on; BadSuccessor if the statements do not lead from it. */
export function follow(first: NamedKey, successors: readonly SealedStatement[]): NamedKey[] {
  const keys = [first]
  for (const statement of successors) keys.push(next(keys.at(-1)!, statement))
  return keys
}

/** Whether one continues the other: nobody has two successors. */
export function agree(ours: readonly SealedStatement[], theirs: readonly SealedStatement[]): boolean {
  const common = Math.min(ours.length, theirs.length)
  return alike(ours.slice(0, common), theirs.slice(0, common))
}

/** Whether a log or cosigner has signed a statement. */
export function isSignedByKey(statement: SealedStatement, { key }: NamedKey): boolean {
  const keyid = b64(hash(ed25519Spki(key)))
  return statement.signatures.some((signature) => signature.keyid === keyid && holds(statement, signature.sig, key))
}

function holds(statement: SealedStatement, signature: string, key: NamedKey['key']): boolean {
  try {
    return ed25519.verify(unb64(signature), messageOf(statement), key, { zip215: false })
  } catch {
    return false
  }
}

function next(key: NamedKey, statement: SealedStatement): NamedKey {
  const told = toldBy(statement)
  const follower = told && { name: key.name, key: told.raw }
  const named = told?.log === key.name && told.old === b64(key.key) && told.new !== told.old
  if (!follower || !named || ![key, follower].every((one) => isSignedByKey(statement, one))) {
    throw new BadSuccessor(`the key does not follow the one that ${key.name} had`)
  }
  return follower
}

function toldBy(statement: SealedStatement) {
  try {
    const told = said(statement, 'key_rotated')
    return { ...told, raw: unb64Sized(told.new, 32) }
  } catch {
    return null
  }
}
