/** RFC 8785, for what statements hold: objects with ASCII keys, lists, strings, booleans, null, integers below 2^53. */

import canonicalize from 'canonicalize'
import { NotCanonical, text, type Bytes } from './bytes'

export function jcs(value: unknown): Bytes {
  requireExact(value)
  const written = canonicalize(value)
  if (written === undefined) throw new NotCanonical('has no canonical encoding')
  return text(written)
}

/** Parse JSON; refused unless the bytes are already its canonical encoding. */
export function parseJcs(raw: Uint8Array): unknown {
  const read = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(raw)
  const value: unknown = JSON.parse(read)
  requireExact(value)
  if (canonicalize(value) !== read) throw new NotCanonical('not canonical JSON')
  return value
}

function requireExact(value: unknown): void {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) throw new NotCanonical('integers are exact')
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value)) {
     
    if (!/^[\x00-\x7f]*$/.test(key)) throw new NotCanonical('keys are ASCII')
    requireExact(inner)
  }
}
