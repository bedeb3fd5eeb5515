// @vitest-environment node
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { b64, concat, NotCanonical, text, u32be, unb64, type Bytes } from './bytes'
import { jcs, parseJcs } from './canonical'
import { BadDeal, commitment, deal, recover, TooFewKeys, type Share } from './dealing'
import { BadEnvelope, ctxOf, freshHalves, paddedSize, readHead, seal, unseal, type Place } from './envelope'
import * as shamir from './shamir'
import { isSignedBy, keptSigner, keyIdOf } from './signing'
import { countersign, said, state, statementId, type Statement } from './statements'
import { includes, leafHash, rootOf } from './tree'
import { keyId, openWith, publicKey, sealTo } from './xwing'

interface EnvelopeVector {
  readonly header: string
  readonly core: object
  readonly ctx: string
  readonly floe_header: string
  readonly segments: readonly string[]
  readonly secrets: { readonly s_b: string; readonly s_t: string }
  readonly commitments: { readonly T: string }
  readonly plaintext: string
  readonly ct: string
  readonly n: number
  readonly deal: {
    readonly k: number
    readonly shares: readonly Share[]
    readonly custodians: readonly { readonly seed: string; readonly public: string }[]
  }
}

interface StatementVector {
  readonly keys: readonly { readonly spki: string; readonly keyid: string }[]
  readonly payload: object
  readonly statement: Statement
  readonly id: string
}

function vector(name: 'envelope'): EnvelopeVector
function vector(name: 'statement'): StatementVector
function vector(name: 'tree'): { readonly entries: readonly string[]; readonly roots: readonly string[] }
function vector(name: 'shamir'): { readonly dealt: readonly { secret: string; k: number; shares: string[] }[] }
function vector(name: string): unknown {
  const file = new URL(`../../../tests/vectors/${name}.json`, import.meta.url)
  return JSON.parse(readFileSync(file, 'utf8')) as unknown
}

const hex = (value: string): Bytes => Uint8Array.from(Buffer.from(value, 'hex'))
const sealedFile = (v: EnvelopeVector): Blob => {
  const header = unb64(v.header)
  const start = concat(text('SBENV\0\0\x01'), u32be(header.length), header, unb64(v.floe_header))
  return new Blob([start, ...v.segments.map(unb64)])
}
const PLACE: Place = { policy: 'p', lot: '一标段', part: 'technical', bidder: 'b', version: 1 }

describe('the vectors that Python checks too', () => {
  const v = vector('envelope')

  test('envelope', async () => {
    const { header } = await readHead(sealedFile(v))
    expect(header.core).toEqual(v.core)
    expect(b64(await ctxOf(header.core))).toBe(v.ctx)
    const opened = await unseal(sealedFile(v), { sB: unb64(v.secrets.s_b), sT: unb64(v.secrets.s_t) })
    expect(b64(opened.plaintext)).toBe(v.plaintext)
    expect(b64(opened.ct)).toBe(v.ct)
    expect(sealedFile(v).size).toBe(v.n)
  })

  test('deal', async () => {
    const seeds = new Map<string, Bytes>()
    for (const { seed, public: key } of v.deal.custodians) {
      expect(b64(await publicKey(unb64(seed)))).toBe(key)
      seeds.set(await keyId(unb64(key)), unb64(seed))
    }
    const recovered = await recover(unb64(v.ctx), v.commitments.T, v.deal.k, v.deal.shares, seeds)
    expect(b64(recovered)).toBe(v.secrets.s_t)
  })

  test('shares', () => {
    for (const { secret, k, shares } of vector('shamir').dealt) {
      expect(b64(shamir.at(shares.slice(0, k).map(unb64), 0))).toBe(secret)
    }
  })

  test('trees', async () => {
    const { entries, roots } = vector('tree')
    for (const [n, root] of roots.entries()) {
      expect(await rootOf(await Promise.all(entries.slice(0, n).map((e) => leafHash(hex(e)))))).toEqual(hex(root))
    }
  })

  test('statement', async () => {
    const s = vector('statement')
    const made = await state('vector', s.payload)
    expect(await statementId(made)).toBe(s.id)
  })
})

test('what is sealed here opens again, whatever its size', async () => {
  for (const size of [0, 1, 5000, 2 ** 20 - 33, 2 ** 20, 3_000_000]) {
    const [halves, parts] = [freshHalves(), [] as Bytes[]]
    const file = new Blob([crypto.getRandomValues(new Uint8Array(Math.min(size, 65_536))), new Uint8Array(Math.max(0, size - 65_536))])
    const sealed = await seal(file, PLACE, halves, (piece) => void parts.push(piece))
    const envelope = new Blob(parts)
    expect(envelope.size).toBe(sealed.n)
    const opened = await unseal(envelope, halves)
    expect(opened.ct).toEqual(sealed.ct)
    expect(Buffer.from(await file.arrayBuffer()).equals(opened.plaintext)).toBe(true)
  }
})

test('a flipped byte is never a wrong plaintext', async () => {
  const [halves, parts] = [freshHalves(), [] as Bytes[]]
  await seal(new Blob(['{"price":"1"}']), PLACE, halves, (piece) => void parts.push(piece))
  const whole = concat(...parts)
  for (let at = 0; at < whole.length; at += 37) {
    const spoiled = whole.slice()
    spoiled[at]! ^= 1
    await expect(unseal(new Blob([spoiled]), halves)).rejects.toBeInstanceOf(BadEnvelope)
  }
})

test('another half is refused before anything is read', async () => {
  const [halves, parts] = [freshHalves(), [] as Bytes[]]
  await seal(new Blob(['x']), PLACE, halves, (piece) => void parts.push(piece))
  await expect(unseal(new Blob(parts), { ...halves, sB: freshHalves().sB })).rejects.toThrow('wrong_half')
})

test('padded sizes are those of the paper', () => {
  expect([0, 4088, 4089, 100_000, 2 ** 29].map(paddedSize)).toEqual([4096, 4096, 4352, 100_352, 553_648_128])
})

describe('a deal', () => {
  const seeds = [1, 2, 3, 4].map((n) => new Uint8Array(32).fill(n))
  const [ctx, secret] = [text('ctx'), freshHalves().sT]

  async function dealt(): Promise<{ shares: Share[]; keys: Map<string, Bytes> }> {
    const publics = await Promise.all(seeds.map(publicKey))
    const kids = await Promise.all(publics.map(keyId))
    return { shares: await deal(ctx, secret, 2, publics), keys: new Map(kids.map((kid, i) => [kid, seeds[i]!])) }
  }

  test('opens with any k keys', async () => {
    const { shares, keys } = await dealt()
    const two = new Map([...keys].slice(1, 3))
    expect(await recover(ctx, await commitment(ctx, 'T', secret), 2, shares, two)).toEqual(secret)
    await expect(recover(ctx, '', 2, shares, new Map([...keys].slice(0, 1)))).rejects.toBeInstanceOf(TooFewKeys)
  })

  test('that is uneven is the dealer’s fault', async () => {
    const { shares, keys } = await dealt()
    const uneven = shares.map((share, i) => (i === 3 ? { ...share, c: shares[0]!.c } : share))
    const two = new Map([...keys].slice(0, 2))
    await expect(recover(ctx, await commitment(ctx, 'T', secret), 2, uneven, two)).rejects.toThrow('uneven_shares')
    await expect(recover(ctx, await commitment(ctx, 'T', ctx), 2, shares, two)).rejects.toBeInstanceOf(BadDeal)
  })

  test('sealed to one key opens with no other', async () => {
    const key = await publicKey(seeds[0]!)
    const box = await sealTo(key, secret, ctx)
    expect(await openWith(seeds[0]!, box, ctx)).toEqual(secret)
    await expect(openWith(seeds[1]!, box, ctx)).rejects.toThrow('does not open')
    await expect(openWith(seeds[0]!, box, secret)).rejects.toThrow('does not open')
  })
})

test('statements are signed by a key that the browser keeps', async () => {
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify'])
  const spki = new Uint8Array(await crypto.subtle.exportKey('spki', pair.publicKey))
  const signer = keptSigner(await keyIdOf(spki), pair.privateKey)
  for (let n = 0; n < 50; n += 1) {
    const signed = await state('vector', { n }, signer)
    expect(await isSignedBy(signed, spki)).toBe(true)
    const other: Statement = { ...signed, payload: b64(jcs({ n: n + 1 })) }
    expect(await isSignedBy(other, spki)).toBe(false)
    expect((await countersign(signed, signer)).signatures).toHaveLength(2)
    expect(said(signed, 'vector')).toEqual({ n })
  }
})

test('the signatures of the vectors hold', async () => {
  const { keys, statement } = vector('statement')
  for (const { spki, keyid } of keys) {
    expect(await keyIdOf(unb64(spki))).toBe(keyid)
    expect(await isSignedBy(statement, unb64(spki))).toBe(true)
  }
})

test('a leaf is shown to be in a tree, at its place only', async () => {
  const leaves = await Promise.all([0, 1, 2].map((n) => leafHash(Uint8Array.of(n))))
  const [root, path] = [await rootOf(leaves), [await rootOf(leaves.slice(0, 2))]]
  expect(await includes(root, 3, 2, leaves[2]!, path)).toBe(true)
  expect(await includes(root, 3, 1, leaves[2]!, path)).toBe(false)
  expect(await includes(root, 3, 2, leaves[1]!, path)).toBe(false)
})

test.each(['{"b":1,"a":2}', '{"a": 1}', '{"a":1.5}', '{"a":1e3}', '{"é":1}', '[1,]'])('%s is not canonical', (value) => {
  expect(() => parseJcs(text(value))).toThrow()
})

test.each(['=', 'A', 'AB==', 'A+', 'AB'])('%s is not the one base64url of anything', (value) => {
  expect(() => unb64(value)).toThrow(NotCanonical)
})
