// @vitest-environment node
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { unb64, type Bytes } from '../seal/bytes'
import { NotAZip, read, write } from './container'
import type { EventOf } from './events'
import type { Report } from './report'
import { stampedAt } from './timestamp'
import { BadTrust, readTrust } from './trust'
import type { Shown } from './values'
import { verify } from './verify'
import en from './words.en'
import zh from './words.zh'

interface Said {
  trust: object
  /** Who vouches for the rarer days. */
  days: object
  flips: [at: number, failures: [step: number, what: string][] | null][]
}

const vector = (name: string): Bytes =>
  new Uint8Array(readFileSync(new URL(`../../../tests/vectors/${name}`, import.meta.url)))
const BUNDLE = vector('bundle.zip')
const SAID = JSON.parse(new TextDecoder().decode(vector('bundle.json'))) as Said
const trustIn = (file: object) => readTrust(new TextEncoder().encode(JSON.stringify(file)))
const trust = () => trustIn(SAID.trust)

function failures({ items }: Report): [number, string][] {
  return items.filter(({ verdict }) => verdict === 'failed').map(({ step, what }) => [step, what])
}

function flipped(at: number): Bytes {
  const raw = BUNDLE.slice()
  raw[at]! ^= 1
  return raw
}

/** A whole verification, also on a busy machine. */
const PATIENCE_MS = 60_000
/** Custodians of the technical part who entrust theirs to the server. */
const KEYS = 2

describe('the bundle that Python verifies too', { timeout: PATIENCE_MS }, () => {
  test('is verified, in every step', async () => {
    const walked: number[] = []
    const report = await verify(BUNDLE, trust(), (step) => walked.push(step))
    const others = report.items.filter(({ verdict }) => verdict !== 'verified')
    // Halves and keys of the technical part are for the evaluation, not for the public.
    expect(others.map(({ verdict, detail }) => [verdict, detail])).toEqual([
      ...Array<[string, string]>(others.length - KEYS).fill(['withheld', 'PartReleased']),
      ...Array<[string, string]>(KEYS).fill(['withheld', 'KeyEntrusted']),
    ])
    expect([...new Set(walked)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    expect(report.fingerprints).toEqual([])
  })

  test('without a trust file it only vouches for itself, and says by which keys', async () => {
    const report = await verify(BUNDLE, null)
    expect(failures(report)).toEqual([])
    expect(report.fingerprints.map((line) => line.split(' ')[0])).toEqual(expect.arrayContaining(['log', 'authority']))
  })

  test('with somebody else’s trust file it is not believed', async () => {
    const other = { ...SAID.trust, quorum: 1, cosigners: [{ name: 'other', key: 'A'.repeat(43) }] }
    const report = await verify(BUNDLE, readTrust(new TextEncoder().encode(JSON.stringify(other))))
    expect(failures(report)[0]).toEqual([2, 'manifest.json'])
  })

  test.each(SAID.flips)('byte %i flipped fails where Python says', async (at, expected) => {
    const found = await verify(flipped(at), trust()).then(failures, (error: unknown) => {
      expect(error).toBeInstanceOf(NotAZip)
      return null
    })
    expect(found).toEqual(expected)
  })
})

describe('the rarer days', { timeout: PATIENCE_MS }, () => {
  test('on which a party acts for its consortium', async () => {
    expect(failures(await verify(vector('consortium.zip'), trustIn(SAID.days)))).toEqual([])
  })

  test('on which an authority of time stamps the last tick and the close', async () => {
    const { items } = await verify(vector('stamped.zip'), trustIn(SAID.days))
    expect(items.filter(({ verdict }) => verdict === 'failed')).toEqual([])
    expect(items.find(({ what }) => what === 'time stamps')).toMatchObject({ step: 4, detail: '2 / 2' })
  })

  test('stamped by another authority of time than the trusted one', async () => {
    const found = failures(await verify(vector('stamped.zip'), trustIn({ ...SAID.days, tsa: [] })))
    expect(found[0]).toEqual([2, 'manifest.json'])
  })

  test('whose stamps are over their leaves, by the trusted authority', async () => {
    const timeline = JSON.parse(new TextDecoder().decode(read(vector('stamped.zip')).members.get('timeline.json'))) as Shown[]
    const stamps = timeline.flatMap(({ event }) => (event?.type === 'StampTaken' ? [event as unknown as EventOf<'StampTaken'>] : []))
    const { tsa } = trustIn(SAID.days)
    for (const { covers, token, stamped_at } of stamps) {
      const leaf = unb64(timeline[covers - 1]!.leaf)
      expect(await stampedAt(token, leaf, tsa)).toBe(Date.parse(stamped_at))
      expect(await stampedAt(token, leaf, [])).toBeNull()
      expect(await stampedAt(token, new Uint8Array(32), tsa)).toBeNull()
    }
    expect(stamps).toHaveLength(2)
  })
})

describe('the container', { timeout: PATIENCE_MS }, () => {
  test('is written as it was read', () => {
    const { members, canonical } = read(BUNDLE)
    expect(canonical).toBe(true)
    expect(write(members)).toEqual(BUNDLE)
  })

  test('with a byte behind it is not canonical; nothing is no zip', () => {
    const longer = new Uint8Array(BUNDLE.length + 1)
    longer.set(BUNDLE)
    expect(read(longer).canonical).toBe(false)
    expect(() => read(new Uint8Array(100))).toThrow(NotAZip)
  })
})

test('a trust file must name an authority and a possible quorum', () => {
  const bad = [{ ...SAID.trust, quorum: 9 }, { ...SAID.trust, roots: [] }, { ...SAID.trust, roots: ['x'] }, {}]
  for (const file of bad) {
    expect(() => readTrust(new TextEncoder().encode(JSON.stringify(file)))).toThrow(BadTrust)
  }
})

test('every reason has a sentence in both languages', () => {
  expect(Object.keys(en.why)).toEqual(Object.keys(zh.why))
})
