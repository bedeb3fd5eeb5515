import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { b64, concat, text, u32be, unb64, type Bytes } from '../seal/bytes'
import { jcs } from '../seal/canonical'
import { messageOf, type Statement } from '../seal/statements'

/* A tick has thousands of slots: hashes are reckoned here and now, not awaited one by one. */

export function hash(...parts: readonly Uint8Array[]): Bytes {
  return sha256(concat(...parts))
}

/** H(label, …) of docs/protocol.md, section 2. */
export function labelled(label: string, ...parts: readonly Uint8Array[]): Bytes {
  return hash(text(label), Uint8Array.of(0), ...parts.flatMap((part) => [u32be(part.length), part]))
}

export function derived(key: Bytes, ...parts: readonly Uint8Array[]): Bytes {
  return hmac(sha256, key, concat(...parts))
}

export function leafHash(data: Uint8Array): Bytes {
  return hash(Uint8Array.of(0), data)
}

function nodeHash(left: Uint8Array, right: Uint8Array): Bytes {
  return hash(Uint8Array.of(1), left, right)
}

/** The root over leaf hashes (RFC 9162 section 2.1). */
export function rootOf(leaves: readonly Bytes[]): Bytes {
  if (leaves.length < 2) return leaves[0] ?? hash()
  const left = 2 ** Math.ceil(Math.log2(leaves.length) - 1)
  return nodeHash(rootOf(leaves.slice(0, left)), rootOf(leaves.slice(left)))
}

/** The root over submission ids, sorted as bytes. */
export function setRoot(ids: readonly string[]): string {
  return b64(rootOf(ids.map(unb64).sort(byBytes).map(leafHash)))
}

/** SHA-256 of a value's JCS form, base64url. */
export function hashOf(value: unknown): string {
  return b64(hash(jcs(value)))
}

export function idOf(statement: Statement): string {
  return b64(hash(messageOf(statement)))
}

/** The id of a statement of this kind that says this, whoever signs it. */
export function payloadId(kind: string, payload: object): string {
  return idOf({ payloadType: `application/vnd.sbid.${kind}+json`, payload: b64(jcs(payload)), signatures: [] })
}

export function unb64Sized(value: string, size: number): Bytes {
  const raw = unb64(value)
  if (raw.length !== size) throw new RangeError(`${raw.length} bytes where ${size} are expected`)
  return raw
}

/** Whether both say the same. */
export function alike(a: unknown, b: unknown): boolean {
  return b64(jcs({ said: a })) === b64(jcs({ said: b }))
}

/** Unsigned byte by byte, as sets of bids and slots are sorted. */
export function byBytes(a: Uint8Array, b: Uint8Array): number {
  const at = a.findIndex((byte, place) => byte !== b[place])
  return at < 0 ? a.length - b.length : a[at]! - (b[at] ?? -1)
}
