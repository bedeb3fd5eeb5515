// @vitest-environment node
import { beforeAll, expect, test, vi } from 'vitest'
import { b64, random, sha256, unb64 } from '../seal/bytes'
import { jcs } from '../seal/canonical'
import { deal } from '../seal/dealing'
import { ctxOf, freshHalves, readHead, seal } from '../seal/envelope'
import { state, statementId, type Signer } from '../seal/statements'
import { keyId, publicKey } from '../seal/xwing'
import type { RemedyAsked, Signed } from '../wire'
import { day } from './given'
import { shareOf } from './remedies'
import type { Seen } from './seen'

// Nothing is signed here: the keys of people are a browser's.
vi.mock('../keys/identity', () => ({}))

const SIGNER: Signer = { keyid: 'k', sign: () => Promise.resolve(random(64)) }
const CLOSE = 'the close'
const seeds = [random(32), random(32), random(32)]
let asked: RemedyAsked
let bid: string

const signed = async (kind: string, payload: object): Promise<Signed> => ({
  statement: await state(kind, payload, SIGNER),
  certificates: ['bidder'],
})

beforeAll(async () => {
  const [pieces, halves] = [[] as Uint8Array<ArrayBuffer>[], freshHalves()]
  const place = { policy: 'p', lot: '1', part: 'readout_form', bidder: 'b', version: 1 }
  await seal(new Blob(['a price']), place, halves, (piece) => void pieces.push(piece))
  const { header } = await readHead(new Blob(pieces))
  const ctx = await ctxOf(header.core)
  const escrow = await deal(ctx, halves.sB, 2, await Promise.all(seeds.map(publicKey)), 'B')
  const submission = (await signed('submission', { header: b64(await sha256(jcs(header))) })).statement
  bid = await statementId(submission)
  asked = {
    request: await signed('remedy_request', { submission: bid, close: CLOSE }),
    part: { part: 'readout_form', submission, deal: (await signed('deal', { ctx: b64(ctx), escrow })).statement, header, upload: 'u' },
    certificates: ['bidder'],
  }
})

/** As a holder sees the day; each certificate names the person that it is called. */
async function seen(turn: Parameters<typeof day>[0] = { missing: [bid], released: [] }): Promise<Seen> {
  const found = await day(turn)
  found.trust.registry.signers = ({ certificates }) =>
    Promise.resolve(certificates.map((person) => ({ person, name: person, keyid: person }) as never))
  return found
}

async function given(change: Partial<RemedyAsked> = {}, seed = seeds[1]!, now?: Seen): Promise<string> {
  const key = { lot: '1', part: 'readout_form', kid: await keyId(await publicKey(seed)), seed }
  return shareOf(now ?? (await seen()), CLOSE, bid, { ...asked, ...change }, key)
}

test('a holder gives the share of a bid that asks, in its own place', async () => {
  const share = unb64(await given())
  expect([share.length, share.at(-1)]).toEqual([33, 2])
})

test('to whom nothing was dealt that opens, that is said by an empty share', async () => {
  expect(await given({}, random(32))).toBe('')
})

test('nobody else asks for a bidder’s half', async () => {
  const rival = { ...asked.request, certificates: ['rival'] }
  await expect(given({ request: rival })).rejects.toThrow('remedyOfOther')
})

test('the request is for this bid and this close, and the deal is of this envelope', async () => {
  const requests = [{ submission: bid, close: 'another' }, { submission: 'another', close: CLOSE }]
  for (const told of requests) {
    await expect(given({ request: await signed('remedy_request', told) })).rejects.toThrow('remedyOfOther')
  }
  const other = (await signed('deal', { ctx: b64(random(32)), escrow: [] })).statement
  await expect(given({ part: { ...asked.part, deal: other } })).rejects.toThrow('remedyOfOther')
  const submission = (await signed('submission', { header: b64(random(32)) })).statement
  await expect(given({ part: { ...asked.part, submission } })).rejects.toThrow('remedyOfOther')
})

test('a bid that its bidder has released needs no remedy', async () => {
  await expect(given({}, seeds[0], await seen({ missing: [], released: [bid] }))).rejects.toThrow('remedyReleased')
})
