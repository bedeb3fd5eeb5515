/** Signatures: ECDSA P-256 (people; DER on the wire, P1363 in the browser), Ed25519 (the log and its cosigners). */

import { ed25519 } from '@noble/curves/ed25519.js'
import { b64, concat, sha256, unb64, type Bytes } from './bytes'
import { messageOf, type Signer, type Statement } from './statements'

const P256 = { name: 'ECDSA', namedCurve: 'P-256' }
const WITH_SHA256 = { name: 'ECDSA', hash: 'SHA-256' }
/** What a P-256 SubjectPublicKeyInfo begins with (91 bytes in all), and an Ed25519 one (44 bytes). */
const P256_SPKI = 'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE'
const ED25519_SPKI = 'MCowBQYDK2VwAyEA'

/** How statements name a key. */
export async function keyIdOf(spki: Bytes): Promise<string> {
  return b64(await sha256(spki))
}

/** A signer over a key that the browser keeps and never gives out; `keyid` is that of its public key. */
export function keptSigner(keyid: string, key: CryptoKey): Signer {
  return { keyid, sign: async (message) => derOf(new Uint8Array(await crypto.subtle.sign(WITH_SHA256, key, message))) }
}

/** Whether `statement` is signed with the key behind `spki`. */
export async function isSignedBy(statement: Statement, spki: Bytes): Promise<boolean> {
  const keyid = await keyIdOf(spki)
  const held = await Promise.all(
    statement.signatures
      .filter((signature) => signature.keyid === keyid)
      .map((signature) => holds(spki, messageOf(statement), unb64(signature.sig))),
  )
  return held.includes(true)
}

async function holds(spki: Bytes, message: Bytes, signature: Bytes): Promise<boolean> {
  if (begins(spki, ED25519_SPKI)) return ed25519.verify(signature, message, spki.slice(12), { zip215: false })
  if (!begins(spki, P256_SPKI)) return false
  try {
    const key = await crypto.subtle.importKey('spki', spki, P256, false, ['verify'])
    return await crypto.subtle.verify(WITH_SHA256, key, p1363Of(signature), message)
  } catch {
    return false
  }
}

/** SubjectPublicKeyInfo of an Ed25519 key of 32 bytes. */
export function ed25519Spki(key: Bytes): Bytes {
  return concat(raw(ED25519_SPKI), key)
}

/** ECDSA-Sig-Value in DER from r ‖ s. */
function derOf(p1363: Bytes): Bytes {
  const numbers = [p1363.slice(0, 32), p1363.slice(32)].map((half) => {
    const first = half.findIndex((byte) => byte !== 0)
    const trimmed = first < 0 ? Uint8Array.of(0) : half.slice(first)
    const positive = trimmed[0]! & 0x80 ? concat(Uint8Array.of(0), trimmed) : trimmed
    return concat(Uint8Array.of(2, positive.length), positive)
  })
  const body = concat(...numbers)
  return concat(Uint8Array.of(0x30, body.length), body)
}

/** r ‖ s from DER; an Error for anything but two integers of at most 32 bytes in their one encoding. */
function p1363Of(der: Bytes): Bytes {
  const whole = new Uint8Array(64)
  let at = 2
  for (const end of [32, 64]) {
    const length = der[at + 1]!
    const number = der.slice(at + 2, at + 2 + length)
    const value = number[0] === 0 ? number.slice(1) : number
    if (value.length > 32) throw new Error('not an ECDSA signature')
    whole.set(value, end - value.length)
    at += 2 + length
  }
  if (b64(derOf(whole)) !== b64(der)) throw new Error('not an ECDSA signature')
  return whole
}

function begins(spki: Bytes, prefix: string): boolean {
  return b64(spki.slice(0, raw(prefix).length)) === b64(raw(prefix))
}

function raw(base64: string): Bytes {
  return Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0))
}
