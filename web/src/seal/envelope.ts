/** The sealed-bid envelope SBE/1 (docs/protocol.md), made and opened a segment at a time. */

import { b64, concat, expand, hmac, labelledHash, random, sha256, text, u32be, u64be, unb64, type Bytes } from './bytes'
import { jcs, parseJcs } from './canonical'
import { commitment } from './dealing'
import { DoesNotOpen, Floe, HEADER_SIZE, OVERHEAD } from './floe'
import { GrowingTree, LEAF, leafHash } from './tree'

const MAGIC = text('SBENV\0\0\x01')
const VERSION = 'sbe/1'
export const SUITE = 'xwing.hkdf-sha256.aes256gcm/floe.aes256gcm.hkdf-sha384'
const SEGMENT = 2 ** 20
const LEAST_SIZE = 4096
const AT_ONCE = 6

/** The file is no envelope, or cannot be opened; `code` is stable. */
export class BadEnvelope extends Error {
  constructor(readonly code: string) {
    super(code)
  }
}

/** Where a sealed part belongs. */
export interface Place {
  readonly policy: string
  readonly lot: string
  readonly part: string
  readonly bidder: string
  readonly version: number
}

interface Core extends Place {
  readonly nonce: string
  readonly suite: string
  readonly segment: number
  readonly size: number
}

export interface Header {
  readonly v: string
  readonly core: Core
  readonly B: string
  readonly T: string
}

/** The two halves: sB stays with the bidder, sT is dealt to the custodians. 32 random bytes each. */
export interface Halves {
  readonly sB: Bytes
  readonly sT: Bytes
}

/** What the submission statement says of an envelope: header (JCS bytes), tree root, length in bytes. */
export interface Sealed {
  readonly ctx: Bytes
  readonly header: Bytes
  readonly ct: Bytes
  readonly n: number
}

export function freshHalves(): Halves {
  return { sB: random(32), sT: random(32) }
}

export async function ctxOf(core: Core): Promise<Bytes> {
  return labelledHash('sbe/1 core', jcs(core))
}

/** Padmé size (Nikitin et al., PETS 2019) of an 8-byte length and `length` bytes, at least 4096. */
export function paddedSize(length: number): number {
  const size = Math.max(8 + length, LEAST_SIZE)
  const exponent = Math.floor(Math.log2(size))
  const step = 2 ** (exponent - (Math.floor(Math.log2(exponent)) + 1))
  return Math.ceil(size / step) * step
}

/** Seal a file: the envelope goes to `write` piece by piece, in order. */
export async function seal(
  file: Blob,
  place: Place,
  halves: Halves,
  write: (piece: Bytes) => Promise<void> | void,
): Promise<Sealed> {
  const size = paddedSize(file.size)
  const core = { ...place, nonce: b64(random(32)), suite: SUITE, segment: SEGMENT, size }
  const ctx = await ctxOf(core)
  const [B, T] = [await commitment(ctx, 'B', halves.sB), await commitment(ctx, 'T', halves.sT)]
  const header = jcs({ v: VERSION, core, B, T })
  const floe = await Floe.under(await payloadKey(ctx, halves), await sha256(header), SEGMENT)
  const tree = new GrowingTree()
  let n = 0
  const put = async (piece: Bytes, leaf: Bytes): Promise<void> => {
    await tree.add(leaf)
    n += piece.length
    await write(piece)
  }
  const head = concat(MAGIC, u32be(header.length), header, floe.header)
  await put(head, await leafHash(head))
  for await (const [segment, leaf] of segmentsOf(file, size, floe)) await put(segment, leaf)
  return { ctx, header, ct: await tree.root(), n }
}

/** Every segment with its leaf, in order; while one is written, the next few are encrypted and hashed. */
async function* segmentsOf(file: Blob, size: number, floe: Floe): AsyncGenerator<readonly [Bytes, Bytes]> {
  const plain = new Padded(file)
  const ahead: Promise<readonly [Bytes, Bytes]>[] = []
  for (let next = 0; next * floe.body < size || ahead.length; ) {
    for (; next * floe.body < size && ahead.length < AT_ONCE; next += 1) {
      const left = size - next * floe.body
      ahead.push(segment(floe, next, left <= floe.body, await plain.read(Math.min(floe.body, left))))
    }
    yield await ahead.shift()!
  }
}

async function segment(floe: Floe, position: number, last: boolean, plain: Bytes): Promise<readonly [Bytes, Bytes]> {
  const hashed = await floe.encrypt(position, last, plain, LEAF)
  return [hashed.subarray(LEAF.length), await sha256(hashed)]
}

/** Bytes of u64be length ‖ file ‖ zeros, read once from front to end. */
class Padded {
  private readonly source: ReadableStreamDefaultReader<Bytes>
  private chunk: Bytes

  constructor(file: Blob) {
    this.source = file.stream().getReader()
    this.chunk = u64be(file.size)
  }

  async read(length: number): Promise<Bytes> {
    const whole = new Uint8Array(length)
    for (let at = 0; at < length; ) {
      if (!this.chunk.length) {
        const { value } = await this.source.read()
        if (!value) break
        this.chunk = value
      }
      const taken = this.chunk.subarray(0, length - at)
      whole.set(taken, at)
      at += taken.length
      this.chunk = this.chunk.subarray(taken.length)
    }
    return whole
  }
}

/** Everything of an envelope before its first segment: the header, parsed and as JCS, and FLOE's own. */
interface Head {
  readonly header: Header
  readonly raw: Bytes
  readonly floe: Bytes
  readonly head: Bytes
}

/** The envelope's header, strictly parsed, with the length of everything before the first segment. */
export async function readHead(envelope: Blob): Promise<Head> {
  const start = await bytesOf(envelope, 0, 12)
  if (start.length !== 12 || MAGIC.some((byte, i) => start[i] !== byte)) throw new BadEnvelope('not_an_envelope')
  const length = new DataView(start.buffer).getUint32(8)
  if (length > 0xffff + 1) throw new BadEnvelope('header_too_large')
  const head = await bytesOf(envelope, 0, 12 + length + HEADER_SIZE)
  if (head.length !== 12 + length + HEADER_SIZE) throw new BadEnvelope('truncated')
  const raw = head.slice(12, 12 + length)
  return { header: parseHeader(raw), raw, floe: head.slice(12 + length), head }
}

const CORE_FIELDS = 'bidder,lot,nonce,part,policy,segment,size,suite,version'

function parseHeader(raw: Bytes): Header {
  const header = strictHeader(raw)
  const { v, core } = header
  if (v !== VERSION || core.suite !== SUITE || core.segment !== SEGMENT) throw new BadEnvelope('unknown_suite')
  if (core.version < 1 || core.size < LEAST_SIZE || paddedSize(core.size - 8) !== core.size) {
    throw new BadEnvelope('malformed_header')
  }
  return header
}

function strictHeader(raw: Bytes): Header {
  try {
    const header = parseJcs(raw) as Header
    const fields = Object.keys(header).join() === 'B,T,core,v' && Object.keys(header.core).join() === CORE_FIELDS
    if (fields && [header.core.nonce, header.B, header.T].every((value) => unb64(value).length === 32)) return header
  } catch {
    // Not canonical, or not of this form: the same to its reader.
  }
  throw new BadEnvelope('malformed_header')
}

/** Whether both halves are those that the envelope commits to: the drill, and the check before a release. */
export async function halvesMatch(header: Header, halves: Partial<Halves>): Promise<boolean> {
  const ctx = await ctxOf(header.core)
  const right = async (group: 'B' | 'T', half: Bytes | undefined): Promise<boolean> =>
    half === undefined || (await commitment(ctx, group, half)) === header[group]
  return (await right('B', halves.sB)) && (await right('T', halves.sT))
}

/** The cipher of an envelope, ready to open it; BadEnvelope: wrong_half, or garbage if they make another key. */
export async function keyed({ header, raw, floe }: Head, halves: Halves): Promise<Floe> {
  if (!(await halvesMatch(header, halves))) throw new BadEnvelope('wrong_half')
  try {
    const key = await payloadKey(await ctxOf(header.core), halves)
    return await Floe.under(key, await sha256(raw), SEGMENT, floe)
  } catch (error) {
    throw error instanceof DoesNotOpen ? new BadEnvelope('garbage') : error
  }
}

/** The plaintext and the tree root of an envelope; BadEnvelope: wrong_half, truncated, wrong_length, garbage … */
export async function unseal(envelope: Blob, halves: Halves): Promise<{ plaintext: Bytes; ct: Bytes }> {
  const read = await readHead(envelope)
  const { header, head } = read
  const floe = await keyed(read, halves)
  const { size } = header.core
  const tree = new GrowingTree()
  await tree.add(await leafHash(head))
  try {
    const parts: Bytes[] = []
    let at = head.length
    for (let position = 0; position * floe.body < size; position += 1) {
      const wanted = Math.min(floe.body, size - position * floe.body) + OVERHEAD
      const segment = await bytesOf(envelope, at, wanted)
      if (segment.length !== wanted) throw new BadEnvelope('truncated')
      at += wanted
      await tree.add(await leafHash(segment))
      parts.push(await floe.decrypt(position, (position + 1) * floe.body >= size, segment))
    }
    if (at !== envelope.size) throw new BadEnvelope('wrong_length')
    return { plaintext: unpadded(concat(...parts)), ct: await tree.root() }
  } catch (error) {
    if (error instanceof DoesNotOpen) throw new BadEnvelope('garbage')
    throw error
  }
}

function unpadded(whole: Bytes): Bytes {
  const length = Number(new DataView(whole.buffer).getBigUint64(0))
  const sealed = Number.isSafeInteger(length) && paddedSize(length) === whole.length
  if (!sealed || whole.subarray(8 + length).some((byte) => byte !== 0)) throw new BadEnvelope('garbage')
  return whole.slice(8, 8 + length)
}

async function payloadKey(ctx: Bytes, halves: Halves): Promise<Bytes> {
  return expand('SHA-256', await hmac('SHA-256', ctx, halves.sB, halves.sT), text('sbe/1 payload\0'), 32)
}

async function bytesOf(blob: Blob, start: number, length: number): Promise<Bytes> {
  return new Uint8Array(await blob.slice(start, start + length).arrayBuffer())
}
