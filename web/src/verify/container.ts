import { concat, text, type Bytes } from '../seal/bytes'

/** The file is no zip at all. */
export class NotAZip extends Error {}

export interface Container {
  readonly members: ReadonlyMap<string, Bytes>
  /** Whether the file is byte for byte the container of its members. */
  readonly canonical: boolean
}

const LOCAL = 0x04034b50
const CENTRAL = 0x02014b50
const END = 0x06054b50
const END_SIZE = 22
const CENTRAL_SIZE = 46
const LONGEST_COMMENT = 0xffff

interface Listed {
  readonly name: string
  readonly size: number
  readonly offset: number
}

/** The members as they lie in the file, by the list at its end; nothing is inflated. */
export function read(raw: Bytes): Container {
  const listed = directory(raw)
  if (listed.reduce((sum, { size }) => sum + size, 0) > raw.length) return { members: new Map(), canonical: false }
  const members = new Map(listed.map((member) => [member.name, bytesOf(raw, member)]))
  return { members, canonical: members.size === listed.length && alike(write(members), raw) }
}

/** The container of these members (docs/protocol.md, section 15). */
export function write(members: ReadonlyMap<string, Bytes>): Bytes {
  const names = [...members.keys()].sort()
  const [locals, centrals]: [Bytes[], Bytes[]] = [[], []]
  let offset = 0
  for (const name of names) {
    const [spelled, content] = [text(name), members.get(name)!]
    const common = [
      ...[u16(20), u16(0), u16(0), u16(0), u16(0x21)],
      ...[u32(crc32(content)), u32(content.length), u32(content.length), u16(spelled.length), u16(0)],
    ]
    locals.push(concat(u32(LOCAL), ...common, spelled), content)
    const rest = [u16(0), u16(0), u16(0), u32(0x01800000), u32(offset), spelled]
    centrals.push(concat(u32(CENTRAL), u16(0x0314), ...common, ...rest))
    offset += 30 + spelled.length + content.length
  }
  const list = concat(...centrals)
  const end = [u32(END), u32(0), u16(names.length), u16(names.length), u32(list.length), u32(offset), u16(0)]
  return concat(...locals, list, ...end)
}

function directory(raw: Bytes): Listed[] {
  const end = endRecord(raw)
  const [size, stated] = [number(raw, end + 12, 4), number(raw, end + 16, 4)]
  const before = end - size - stated
  const start = stated + before
  if (start < 0) throw new NotAZip('the list of members lies before the file')
  const listed: Listed[] = []
  for (let at = start; at < end; ) {
    if (at + CENTRAL_SIZE > end || number(raw, at, 4) !== CENTRAL) throw new NotAZip('the list of members is damaged')
    const lengths = [28, 30, 32].map((place) => number(raw, at + place, 2))
    const spelled = raw.slice(at + CENTRAL_SIZE, at + CENTRAL_SIZE + lengths[0]!)
    const size = Math.min(number(raw, at + 20, 4), number(raw, at + 24, 4))
    listed.push({ name: spelling(spelled), size, offset: number(raw, at + 42, 4) + before })
    at += CENTRAL_SIZE + lengths.reduce((sum, length) => sum + length, 0)
  }
  return listed
}

function endRecord(raw: Bytes): number {
  for (let at = raw.length - END_SIZE; at >= Math.max(0, raw.length - END_SIZE - LONGEST_COMMENT); at -= 1) {
    if (number(raw, at, 4) === END) return at
  }
  throw new NotAZip('the file has no list of members')
}

/** A member's bytes by its local header, whatever its checksum says: the manifest judges them. */
function bytesOf(raw: Bytes, { offset, size }: Listed): Bytes {
  const begin = offset + 30 + number(raw, offset + 26, 2) + number(raw, offset + 28, 2)
  return raw.slice(Math.max(0, begin), Math.max(0, begin + size))
}

function spelling(raw: Bytes): string {
  return String.fromCharCode(...raw).replace(/\0.*$/s, '')
}

/** Little-endian; bytes beyond the file count as zero. */
function number(raw: Bytes, at: number, size: number): number {
  let value = 0
  for (let place = size - 1; place >= 0; place -= 1) value = value * 256 + (raw[at + place] ?? 0)
  return value
}

function u16(value: number): Bytes {
  return Uint8Array.of(value & 0xff, value >> 8)
}

function u32(value: number): Bytes {
  return Uint8Array.of(value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, value >>> 24)
}

function alike(a: Bytes, b: Bytes): boolean {
  return a.length === b.length && a.every((byte, place) => byte === b[place])
}

const CRC = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value
})

function crc32(raw: Bytes): number {
  return ~raw.reduce((value, byte) => CRC[(value ^ byte) & 0xff]! ^ (value >>> 8), -1) >>> 0
}

