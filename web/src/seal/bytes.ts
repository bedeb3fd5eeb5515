/** The bytes that are hashed and signed: unpadded base64url, labelled SHA-256, the HMACs that keys are derived with. */

export type Bytes = Uint8Array<ArrayBuffer>

/** The bytes are not the one canonical encoding of what they say. */
export class NotCanonical extends Error {}

const utf8 = new TextEncoder()

export function text(value: string): Bytes {
  return utf8.encode(value)
}

export function concat(...parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** Base64url without padding (RFC 4648 section 5). */
export function b64(raw: Uint8Array): string {
  let binary = ''
  for (let at = 0; at < raw.length; at += 0x8000) binary += String.fromCharCode(...raw.subarray(at, at + 0x8000))
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

/** The bytes of an unpadded base64url text; any second spelling of the same bytes is refused. */
export function unb64(value: string): Bytes {
  if (!/^[A-Za-z0-9_-]*$/.test(value) || value.length % 4 === 1) throw new NotCanonical('not unpadded base64url')
  const binary = atob(value.replaceAll('-', '+').replaceAll('_', '/'))
  const raw = Uint8Array.from(binary, (sign) => sign.charCodeAt(0))
  if (b64(raw) !== value) throw new NotCanonical('base64url with stray bits')
  return raw
}

/** How tools that hash files write what we keep as base64url. */
export function hexOf(value: string): string {
  return Array.from(unb64(value), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

export function u32be(value: number): Bytes {
  const raw = new Uint8Array(4)
  new DataView(raw.buffer).setUint32(0, value)
  return raw
}

export function u64be(value: number): Bytes {
  const raw = new Uint8Array(8)
  new DataView(raw.buffer).setBigUint64(0, BigInt(value))
  return raw
}

export async function sha256(...parts: readonly Uint8Array[]): Promise<Bytes> {
  const whole = parts.length === 1 ? (parts[0] as Bytes) : concat(...parts)
  return new Uint8Array(await crypto.subtle.digest('SHA-256', whole))
}

/** H(label, …) of docs/protocol.md: SHA-256(label ‖ 0 ‖ each part behind its length as u32be). */
export async function labelledHash(label: string, ...parts: readonly Uint8Array[]): Promise<Bytes> {
  return sha256(text(label), new Uint8Array(1), ...parts.flatMap((part) => [u32be(part.length), part]))
}

export async function hmac(hash: 'SHA-256' | 'SHA-384', key: Bytes, ...parts: readonly Uint8Array[]): Promise<Bytes> {
  const imported = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash }, false, ['sign'])
  return new Uint8Array(await crypto.subtle.sign('HMAC', imported, concat(...parts)))
}

/** HKDF-Expand (RFC 5869) of no more than one block: T(1) = HMAC(key, info ‖ 1). */
export async function expand(hash: 'SHA-256' | 'SHA-384', key: Bytes, info: Uint8Array, size: number): Promise<Bytes> {
  return (await hmac(hash, key, info, Uint8Array.of(1))).slice(0, size)
}

export function random(size: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(size))
}

/** Whether both are the same bytes; takes as long whatever they hold. */
export function same(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  return a.reduce((differing, byte, place) => differing | (byte ^ b[place]!), 0) === 0
}
