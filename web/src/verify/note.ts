import { ed25519 } from '@noble/curves/ed25519.js'
import { same, text, type Bytes } from '../seal/bytes'
import { hash } from './hash'

/** Not a checkpoint. */
class BadNote extends Error {}

/** The body of a note: `root` is the RFC 9162 root over `size` leaves of the log `origin`. */
interface Checkpoint {
  readonly origin: string
  readonly size: number
  readonly root: Bytes
}

/** A log's or cosigner's name and raw Ed25519 key. */
export interface NamedKey {
  readonly name: string
  readonly key: Bytes
}

interface Note extends Checkpoint {
  readonly body: string
  readonly lines: readonly string[]
}

const PLAIN = 1
const COSIGNATURE = 4

/** Body (origin, size, root), an empty line, signature lines. */
const FORM = /^(([^\n]+)\n(0|[1-9]\d{0,14})\n([^\n]+)\n)\n([^]*\n)$/

/** Checkpoint, body and signature lines; signatures are not checked. */
export function parse(note: string): Note {
  const [, body, origin, size, root, rest] = FORM.exec(note) ?? []
  const raw = decoded(root ?? '')
  if (raw.length !== 32) throw new BadNote('not a checkpoint note')
  return { origin: origin!, size: Number(size), root: raw, body: body!, lines: rest!.slice(0, -1).split('\n') }
}

/** Whether the log signed the note, as a checkpoint of its own: its name is the origin. */
export function isSigned({ origin, body, lines }: Note, log: NamedKey): boolean {
  return origin === log.name && signatures(lines, log, PLAIN).some((signature) => holds(log, signature, text(body)))
}

/** When `cosigner` signed the note, in seconds since 1970; null if it did not. */
export function cosignedAt({ body, lines }: Note, cosigner: NamedKey): number | null {
  for (const signature of signatures(lines, cosigner, COSIGNATURE)) {
    if (signature.length === 72) {
      const time = new DataView(signature.buffer, signature.byteOffset).getBigUint64(0)
      const message = text(`cosignature/v1\ntime ${String(time)}\n${body}`)
      if (holds(cosigner, signature.slice(8), message)) return Number(time)
    }
  }
  return null
}

function signatures(lines: readonly string[], { name, key }: NamedKey, algorithm: number): Bytes[] {
  const start = `— ${name} `
  const tag = hash(text(name), Uint8Array.of(10, algorithm), key).slice(0, 4)
  const found = lines.filter((line) => line.startsWith(start)).map((line) => decoded(line.slice(start.length)))
  return found.filter((raw) => same(raw.slice(0, 4), tag)).map((raw) => raw.slice(4))
}

function holds({ key }: NamedKey, signature: Bytes, message: Bytes): boolean {
  try {
    return ed25519.verify(signature, message, key, { zip215: false })
  } catch {
    return false
  }
}

function decoded(value: string): Bytes {
  if (value.length % 4 || !/^[A-Za-z0-9+/]*={0,2}$/.test(value)) throw new BadNote('not base64')
  return Uint8Array.from(atob(value), (sign) => sign.charCodeAt(0))
}

