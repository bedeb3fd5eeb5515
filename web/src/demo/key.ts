/** A chair's key: the certificate in PEM, and the private number that the link's fragment holds. */

import { Certificate } from 'pkijs'
import { unb64, type Bytes } from '../seal/bytes'
import { Refused } from '../timeline/refused'

const P256 = { name: 'ECDSA', namedCurve: 'P-256' }

/** The first certificate of a PEM file, in DER. */
export function certificateOf(pem: string): Bytes {
  const [, body] = /-----BEGIN CERTIFICATE-----([^-]+)-----/.exec(pem) ?? []
  if (body === undefined) throw noChair()
  return Uint8Array.from(atob(body.replace(/\s/g, '')), (letter) => letter.charCodeAt(0))
}

/** The signing key to this certificate, not extractable. Refused with `no_chair` if the number is not its. */
export async function keyOf(certificate: Bytes, d: string): Promise<CryptoKey> {
  const spki = new Uint8Array(Certificate.fromBER(certificate).subjectPublicKeyInfo.toSchema().toBER(false))
  const open = await crypto.subtle.exportKey('jwk', await crypto.subtle.importKey('spki', spki, P256, true, ['verify']))
  try {
    if (unb64(d).length !== 32) throw noChair()
    return await crypto.subtle.importKey('jwk', { ...open, d, key_ops: ['sign'] }, P256, false, ['sign'])
  } catch {
    throw noChair()
  }
}

function noChair(): Refused {
  return Refused.because(
    'no_chair',
    '链接不完整，或属于另一场演示。请从终端重新复制整条链接。',
    'The link is incomplete or belongs to another demonstration. Copy all of it from the terminal.',
  )
}
