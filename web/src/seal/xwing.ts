/** Keys and sealing to a key: HPKE (RFC 9180) base mode, X-Wing (0x647a), HKDF-SHA256, AES-256-GCM. */

import { Aes256Gcm, CipherSuite, HkdfSha256 } from '@hpke/core'
import { XWing } from '@hpke/hybridkem-x-wing'
import { b64, concat, sha256, type Bytes } from './bytes'

const ENCAPSULATED = 1120
const suite = new CipherSuite({ kem: new XWing(), kdf: new HkdfSha256(), aead: new Aes256Gcm() })

/** The sealed bytes do not open with this key, or the key is none. */
class CannotOpen extends Error {}

/** The public key (1216 bytes) of a 32-byte seed. */
export async function publicKey(seed: Bytes): Promise<Bytes> {
  const kem = new XWing()
  const pair = await kem.generateKeyPairDerand(seed)
  return new Uint8Array(await kem.serializePublicKey(pair.publicKey))
}

/** How statements name a custodian key. */
export async function keyId(publicKey: Bytes): Promise<string> {
  return b64(await sha256(publicKey))
}

/** enc ‖ ciphertext that only the owner of the seed behind `publicKey` opens, and only with the same `info`. */
export async function sealTo(publicKey: Bytes, plaintext: Bytes, info: Bytes): Promise<Bytes> {
  try {
    const recipientPublicKey = await suite.kem.deserializePublicKey(publicKey)
    const { ct, enc } = await suite.seal({ recipientPublicKey, info }, plaintext)
    return concat(new Uint8Array(enc), new Uint8Array(ct))
  } catch {
    throw new CannotOpen('not a public key')
  }
}

/** The plaintext of `sealTo`, or CannotOpen: one error, whatever was wrong. */
export async function openWith(seed: Bytes, sealed: Bytes, info: Bytes): Promise<Bytes> {
  try {
    const recipientKey = await suite.kem.deserializePrivateKey(seed)
    const enc = sealed.slice(0, ENCAPSULATED)
    return new Uint8Array(await suite.open({ recipientKey, enc, info }, sealed.slice(ENCAPSULATED)))
  } catch {
    throw new CannotOpen('does not open with this key')
  }
}
