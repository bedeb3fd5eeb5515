/**
 * The `.custody` file: a custodian's keys for one session, under its passphrase; page and command line read each other's.
 *
 * JSON {v, session, keys: [{lot, part, kid}], salt, nonce, box}
 *     the box is over the keys' seeds in this order, 32 bytes each, with JCS({session, keys}) beside it
 */

import * as v from 'valibot'
import { lock, unlock } from '../keys/passphrase'
import { concat, type Bytes } from '../seal/bytes'
import { jcs } from '../seal/canonical'
import { keyId, publicKey } from '../seal/xwing'
import { Refused } from '../timeline/refused'

const VERSION = 'sbe/1 custody'
export const SEED_SIZE = 32

const string = v.string()
const schema = v.strictObject({
  v: v.literal(VERSION),
  session: string,
  keys: v.array(v.strictObject({ lot: string, part: string, kid: string })),
  salt: string,
  nonce: string,
  box: string,
})

/** A key for one lot and part, with the seed that is all of it. */
export interface CustodyKey {
  readonly lot: string
  readonly part: string
  readonly kid: string
  readonly seed: Bytes
}

/** The file's text. */
export async function writeCustody(session: string, held: readonly CustodyKey[], passphrase: string): Promise<string> {
  const keys = held.map(({ lot, part, kid }) => ({ lot, part, kid }))
  const locked = await lock(passphrase, concat(...held.map(({ seed }) => seed)), jcs({ session, keys }))
  return JSON.stringify({ v: VERSION, session, keys, ...locked })
}

/** What a file holds for this session. Refused with `custody_file`: one error for everything that may be wrong. */
export async function readCustody(file: string, session: string, passphrase: string): Promise<CustodyKey[]> {
  try {
    const { keys, ...told } = v.parse(schema, JSON.parse(file))
    if (told.session !== session) throw new Error('of another session')
    const plain = await unlock(passphrase, told, jcs({ session, keys }))
    const held = keys.map((key, i) => ({ ...key, seed: plain.slice(SEED_SIZE * i, SEED_SIZE * (i + 1)) }))
    const kids = await Promise.all(held.map(async ({ seed }) => keyId(await publicKey(seed))))
    if (plain.length !== SEED_SIZE * keys.length || !keys.every(({ kid }, i) => kid === kids[i])) throw new Error('other keys')
    return held
  } catch {
    throw Refused.because(
      'custody_file',
      '打不开密钥文件：口令不对，或不是本场开标的密钥文件。密钥没有改变，请核对后重试。',
      'The key file does not open: another passphrase, or not a key file of this session. No key was changed.',
    )
  }
}
