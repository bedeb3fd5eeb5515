import { b64 } from '../seal/bytes'
import { ed25519Spki, isSignedBy } from '../seal/signing'
import { said, type Statement } from '../seal/statements'
import { alike, unb64Sized } from './hash'
import type { NamedKey } from './note'

/** Not a successor of the key before, or of another log's. */
export class BadSuccessor extends Error {}

/** What both keys sign: the log `log` signs with `new` from now on, no longer with `old`. */
interface KeyRotated {
  readonly log: string
  readonly old: string
  readonly new: string
}

/** The keys of a log in their order, from the first on; BadSuccessor if the statements do not lead from it. */
export async function follow(first: NamedKey, successors: readonly Statement[]): Promise<NamedKey[]> {
  const keys = [first]
  for (const statement of successors) keys.push(await next(keys.at(-1)!, statement))
  return keys
}

/** Whether one continues the other: nobody has two successors. */
export function agree(ours: readonly Statement[], theirs: readonly Statement[]): boolean {
  const common = Math.min(ours.length, theirs.length)
  return alike(ours.slice(0, common), theirs.slice(0, common))
}

async function next({ name, key }: NamedKey, statement: Statement): Promise<NamedKey> {
  const told = said(statement, 'key_rotated') as KeyRotated
  const follower = { name, key: unb64Sized(told.new, 32) }
  const signed = await Promise.all([key, follower.key].map((one) => isSignedBy(statement, ed25519Spki(one))))
  if (told.log !== name || told.old !== b64(key) || told.new === told.old || signed.includes(false)) {
    throw new BadSuccessor(`the key does not follow the one that ${name} had`)
  }
  return follower
}
