/** FLOE (c2sp.org/FLOE) with AES-256-GCM and HKDF-Expand-SHA-384: encryption segment by segment that commits to its key. */

import { concat, expand, random, same, text, u32be, u64be, type Bytes } from './bytes'

export const HEADER_SIZE = 10 + 32 + 32
/** Bytes that a segment is longer than its plaintext: length, nonce, tag. */
export const OVERHEAD = 4 + 12 + 16

const ROTATION = 2 ** 20
const NOT_LAST = 0xffffffff

/** The header was not made with this key, a segment is cut, moved or changed. */
export class DoesNotOpen extends Error {}

/** One message under one key. */
export class Floe {
  private dataKeyNumber = -1
  private dataKey!: CryptoKey

  private constructor(
    readonly segment: number,
    readonly header: Bytes,
    private readonly aad: Bytes,
    private readonly messageKey: Bytes,
  ) {}

  /** Plaintext bytes of a full segment. */
  get body(): number {
    return this.segment - OVERHEAD
  }

  /** A new message (no header given), or the one whose header is given: DoesNotOpen if it is not under this key. */
  static async under(key: Bytes, aad: Bytes, segment: number, header?: Bytes): Promise<Floe> {
    const parameters = concat(Uint8Array.of(0, 0), u32be(segment), u32be(32))
    const iv = header === undefined ? random(32) : header.slice(10, 42)
    const info = (purpose: string): Bytes => concat(parameters, iv, text(purpose), aad)
    const made = concat(parameters, iv, await expand('SHA-384', key, info('HEADER_TAG:'), 32))
    if (header !== undefined && !same(header, made)) throw new DoesNotOpen('the header was made with another key')
    return new Floe(segment, made, aad, await expand('SHA-384', key, info('MESSAGE_KEY:'), 48))
  }

  /** The segment, behind `before`: a megabyte is not copied once more to hash it with a prefix. */
  async encrypt(position: number, last: boolean, plaintext: Bytes, before = new Uint8Array()): Promise<Bytes> {
    const nonce = random(12)
    const key = await this.aead(position)
    const sealed = await crypto.subtle.encrypt(gcm(nonce, position, last), key, plaintext)
    return concat(before, u32be(last ? plaintext.length + OVERHEAD : NOT_LAST), nonce, new Uint8Array(sealed))
  }

  async decrypt(position: number, last: boolean, segment: Bytes): Promise<Bytes> {
    const marked = new DataView(segment.buffer, segment.byteOffset).getUint32(0)
    const fits = last ? segment.length >= OVERHEAD && marked === segment.length : marked === NOT_LAST
    if (!fits || segment.length > this.segment) throw new DoesNotOpen(`segment ${position} has the wrong length`)
    try {
      const key = await this.aead(position)
      const parameters = gcm(segment.slice(4, 16), position, last)
      return new Uint8Array(await crypto.subtle.decrypt(parameters, key, segment.subarray(16)))
    } catch {
      throw new DoesNotOpen(`segment ${position} was changed`)
    }
  }

  private async aead(position: number): Promise<CryptoKey> {
    const number = Math.floor(position / ROTATION) * ROTATION
    if (number !== this.dataKeyNumber) {
      const info = concat(this.header.slice(0, 42), text('DEK:'), u64be(number), this.aad)
      const raw = await expand('SHA-384', this.messageKey, info, 32)
      this.dataKey = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt'])
      this.dataKeyNumber = number
    }
    return this.dataKey
  }
}

function gcm(iv: Bytes, position: number, last: boolean): AesGcmParams {
  return { name: 'AES-GCM', iv, additionalData: concat(u64be(position), Uint8Array.of(last ? 1 : 0)) }
}
