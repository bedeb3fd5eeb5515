/**
 * What a person keeps in a file under a passphrase.
 *
 * box = AES-256-GCM(scrypt(NFC(passphrase), salt, N = 2^15, r = 8, p = 1), plain, aad)
 */

import { scryptAsync } from '@noble/hashes/scrypt.js'
import { b64, random, text, unb64, type Bytes } from '../seal/bytes'

/** What is needed beside the passphrase, each base64url. */
export interface Locked {
  readonly salt: string
  readonly nonce: string
  readonly box: string
}

/** The plaintext, locked; the passphrase counts in its one normal form, however it is typed. */
export async function lock(passphrase: string, plain: Bytes, aad: Bytes): Promise<Locked> {
  const [salt, iv] = [random(16), random(12)]
  const how = { name: 'AES-GCM', iv, additionalData: aad }
  const box = await crypto.subtle.encrypt(how, await keyOf(passphrase, salt), plain)
  return { salt: b64(salt), nonce: b64(iv), box: b64(new Uint8Array(box)) }
}

/** The plaintext; an Error, whatever was wrong. */
export async function unlock(passphrase: string, { salt, nonce, box }: Locked, aad: Bytes): Promise<Bytes> {
  const how = { name: 'AES-GCM', iv: unb64(nonce), additionalData: aad }
  return new Uint8Array(await crypto.subtle.decrypt(how, await keyOf(passphrase, unb64(salt)), unb64(box)))
}

async function keyOf(passphrase: string, salt: Bytes): Promise<CryptoKey> {
  const raw = await scryptAsync(text(passphrase.normalize('NFC')), salt, { N: 2 ** 15, r: 8, p: 1, dkLen: 32 })
  return crypto.subtle.importKey('raw', Uint8Array.from(raw), 'AES-GCM', false, ['encrypt', 'decrypt'])
}
