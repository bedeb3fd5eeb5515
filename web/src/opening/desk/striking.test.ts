import { expect, test, vi } from 'vitest'
import { b64 } from '../../seal/bytes'
import { jcs } from '../../seal/canonical'
import { statementId } from '../../seal/statements'
import type { OpeningCommand, Signed } from '../../wire'
import type { Sitting } from './acts'
import { listed, mayReplace, proposeStrike, strikeAwaited } from './striking'

const signed = (kind: string, payload: object): Signed => ({
  statement: { payloadType: `application/vnd.sbid.${kind}+json`, payload: b64(jcs(payload)), signatures: [] },
  certificates: [],
})

vi.mock('../../keys/identity', () => ({
  sign: (kind: string, payload: object): Promise<Signed> => Promise.resolve(signed(kind, payload)),
  countersigned: (one: Signed): Promise<Signed> => Promise.resolve(one),
}))

const PLACE = { lot: '1', part: 'readout_form' }
const keyOf = (person: string) => signed('custodian_key', { ...PLACE, public_key: person })
const custodian = (person: string) => ({ person, side: person, proof: keyOf(person) })
const POLICY = signed('policy', {
  ...PLACE,
  k: 2,
  custodians: ['a', 'b', 'c'].map(custodian),
  escrow: { holders: [custodian('x')], k: 2 },
})
const OFFERS = ['a', 'b', 'c', 'd', 'x'].map((person) => ({ type: 'CustodianKeyOffered', person, signed: keyOf(person) }))

function sitting(...events: object[]) {
  const handed: { readonly type: string; readonly signed: Signed }[] = []
  const members = { d: { person: 'd', name: 'D', role: 'custodian', side: 'd' } }
  const main = [...OFFERS, { type: 'PolicyPublished', signed: POLICY }, ...events].map((event, i) => ({ seq: i + 1, event }))
  const handIn = (command: OpeningCommand) => {
    handed.push(command as never)
    return Promise.resolve({ ok: true as const, entries: [] })
  }
  return { handed, at: { timeline: { view: { session: 's', members }, main }, handIn } as unknown as Sitting }
}

const toldIn = ({ statement }: Signed) => JSON.parse(atob(statement.payload.replaceAll('-', '+').replaceAll('_', '/'))) as object

test('whoever stays keeps its place, whoever is new comes last, and only who offered a key and holds none may come', async () => {
  const { handed, at } = sitting()
  const [from] = await listed(at)
  expect([...mayReplace(at, from!).keys()]).toEqual(['d'])
  await proposeStrike(at, from!, 'b', 'key_lost', ['d', 'x'])
  expect(handed[0]?.type).toBe('ProposeStrike')
  expect(toldIn(handed[0]!.signed)).toEqual({
    session: 's',
    policy: await statementId(POLICY.statement),
    prev: null,
    person: 'b',
    cause: 'key_lost',
    custodians: ['a', 'c', 'd'].map(custodian),
  })
})

test('a further strike follows the last one, and its custodians', async () => {
  const policy = await statementId(POLICY.statement)
  const first = signed('strike', { policy, custodians: ['a', 'c', 'd'].map(custodian), person: 'b' })
  const { at } = sitting({ type: 'StrikeProposed', signed: first }, { type: 'CustodianStruck', signed: first })
  const [from] = await listed(at)
  expect(from?.prev).toBe(await statementId(first.statement))
  expect(from?.custodians.map(({ person }) => person)).toEqual(['a', 'c', 'd'])
  expect(strikeAwaited(at)).toBeNull()
})

test('a strike that is proposed waits for the supervisor', () => {
  const proposed = signed('strike', { person: 'b' })
  expect(strikeAwaited(sitting({ type: 'StrikeProposed', signed: proposed }).at)).toEqual(proposed)
})
