// @vitest-environment node
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Bytes } from '../seal/bytes'
import { NotAZip, read, write } from './container'
import type { Report } from './report'
import { BadTrust, readTrust } from './trust'
import { verify } from './verify'
import en from './words.en'
import zh from './words.zh'

interface Said {
  trust: object
  flips: [at: number, failures: [step: number, what: string][] | null][]
}

const vector = (name: string): Bytes =>
  new Uint8Array(readFileSync(new URL(`../../../tests/vectors/${name}`, import.meta.url)))
const BUNDLE = vector('bundle.zip')
const SAID = JSON.parse(new TextDecoder().decode(vector('bundle.json'))) as Said
const trust = () => readTrust(new TextEncoder().encode(JSON.stringify(SAID.trust)))

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
