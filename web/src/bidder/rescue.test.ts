// @vitest-environment node
import { beforeAll, expect, test, vi } from 'vitest'
import { b64, random, sha256, type Bytes } from '../seal/bytes'
import { openedShare, recover } from '../seal/dealing'
import { freshHalves, readHead, seal, type Halves } from '../seal/envelope'
import { state, statementId, type Signer } from '../seal/statements'
import { keyId, publicKey } from '../seal/xwing'
import { Refused } from '../timeline/refused'
import type { SealedPart } from '../wire'
import { anew } from './deal_again'
import { requireOpens } from './drill'
import type { SealFor } from './own'

// Of this test nothing is signed: the keys of people are a browser's.
vi.mock('../keys/identity', () => ({}))

const SIGNER: Signer = { keyid: 'k', sign: () => Promise.resolve(random(64)) }
const halves = freshHalves()
const of = (own: Halves) => new Map([['readout_form', own]])
const seeds = [random(32), random(32), random(32)]
let part: SealedPart
let stored: Bytes
let to: SealFor

beforeAll(async () => {
  const pieces: Bytes[] = []
  const place = { policy: 'p', lot: '1', part: 'readout_form', bidder: 'b', version: 1 }
  const { header } = await seal(new Blob(['a price']), place, halves, (piece) => void pieces.push(piece))
  const read = await readHead(new Blob(pieces))
  stored = read.head
  part = {
    part: 'readout_form',
    submission: await state('submission', { header: b64(await sha256(header)) }, SIGNER),
    deal: await state('deal', { policy: 'p' }, SIGNER),
    header: read.header,
    upload: 'u',
  }
  const publics = await Promise.all(seeds.map(async (seed) => b64(await publicKey(seed))))
  to = { ...place, k: 2, publics, escrow: { k: 2, publics }, log: { name: 'l', key: '' }, sealer: null }
})

const why = async (act: Promise<unknown>) => {
  const thrown: unknown = await act.catch((error: unknown) => error)
  return thrown instanceof Refused ? thrown.refusal.code : thrown
}

test('a drill passes with the halves that sealed what is stored', async () => {
  expect(await why(requireOpens(part, stored, of(halves)))).toBeUndefined()
})

test('it fails with either half of another bid, and says so', async () => {
  const other = freshHalves()
  expect(await why(requireOpens(part, stored, of({ ...halves, sB: other.sB })))).toBe('drill_failed')
  expect(await why(requireOpens(part, stored, of({ ...halves, sT: other.sT })))).toBe('drill_failed')
})

test('a server that stores something else is found out', async () => {
  const changed = stored.slice()
  changed[changed.length - 1]! ^= 1
  expect(await why(requireOpens(part, changed, of(halves)))).toBe('other_stored')
  expect(await why(requireOpens(part, stored.slice(0, 40), of(halves)))).toBe('other_stored')
  const another = { ...part, submission: await state('submission', { header: b64(random(32)) }, SIGNER) }
  expect(await why(requireOpens(another, stored, of(halves)))).toBe('other_stored')
})

test('what is dealt anew gives both halves back to the custodians and holders of now, and follows the deal before', async () => {
  const told = await anew(part, 1, 'b', [to], of(halves))
  expect(told).toMatchObject({ policy: 'p', bidder: 'b', version: 1, k: 2, prev: await statementId(part.deal) })
  const ctx = Uint8Array.from(atob(told.ctx.replaceAll('-', '+').replaceAll('_', '/')), (sign) => sign.charCodeAt(0))
  const kept = new Map(await Promise.all(seeds.slice(1).map(async (seed) => [await keyId(await publicKey(seed)), seed] as const)))
  expect(await recover(ctx, part.header.T, 2, told.shares, kept)).toEqual(halves.sT)
  expect(await recover(ctx, part.header.B, 2, told.escrow, kept, 'B')).toEqual(halves.sB)
  expect((await openedShare(ctx, 'B', told.escrow, seeds[2]!)).at(-1)).toBe(3)
  await expect(openedShare(ctx, 'B', told.escrow, random(32))).rejects.toThrow('no_share')
})

test('nothing is dealt with halves of another bid', async () => {
  expect(await why(anew(part, 1, 'b', [to], of(freshHalves())))).toBe('other_half')
})
