import { expect, test, vi } from 'vitest'
import { b64 } from '../../seal/bytes'
import { jcs } from '../../seal/canonical'
import { statementId } from '../../seal/statements'
import type { OpeningCommand, OpeningView, Signed, Statement } from '../../wire'
import { abort, addOurs, continueLot, extend, kindOf, type Sitting } from './acts'
import { sayDrawn, toDraw } from './drawing'
import { handOver, holderOf, takerOf } from './offices'

function stated(kind: string, payload: object): Statement {
  return { payloadType: `application/vnd.sbid.${kind}+json`, payload: b64(jcs(payload)), signatures: [] }
}

vi.mock('../../keys/identity', () => ({
  sign: (kind: string, payload: object): Promise<Signed> => Promise.resolve({ statement: stated(kind, payload), certificates: [] }),
  countersigned: ({ statement }: Signed): Promise<Signed> => Promise.resolve({ statement, certificates: ['ours'] }),
}))

const CLOSE = stated('close', { session: 's' })

function sitting(given: Partial<OpeningView>, ...events: object[]) {
  const handed: OpeningCommand[] = []
  const view = { session: 's', phase: 'RELEASE', me: { person: 'host-01', role: 'host', ask: 'wait' }, ...given }
  const main = [{ type: 'BidsClosed', close: CLOSE }, ...events].map((event, i) => ({ seq: i + 1, event }))
  const handIn = (command: OpeningCommand) => {
    handed.push(command)
    return Promise.resolve({ ok: true as const, entries: [] })
  }
  return { handed, at: { timeline: { view, main }, handIn } as unknown as Sitting }
}

function told(command: OpeningCommand | undefined): unknown {
  const { statement } = (command as unknown as { signed: Signed }).signed
  return JSON.parse(atob(statement.payload.replaceAll('-', '+').replaceAll('_', '/')))
}

test('a lot with too few bids goes on only by a statement about this close, lot and ground', async () => {
  const { handed, at } = sitting({ phase: 'COUNT_CHECK', questioned: ['1'] })
  await continueLot(at, '1', 'urgent')
  expect(handed[0]?.type).toBe('ContinueLot')
  expect(told(handed[0])).toEqual({ session: 's', close: await statementId(CLOSE), lot: '1', ground: 'urgent' })
})

test('the next extension, in milliseconds; an end of this very suspension', async () => {
  const pause = { number: 3, cause: 'complaint' as const, since: '', supervisor_from: '' }
  const { handed, at } = sitting({ extensions: 1, suspended: pause })
  await extend(at, 2, 'network_fault')
  await abort(at)
  expect(handed.map(told)).toEqual([
    { session: 's', close: await statementId(CLOSE), number: 2, by_ms: 120_000, cause: 'network_fault' },
    { session: 's', number: 3 },
  ])
})

test('what awaits a signature is handed in by the command that began it', async () => {
  const { handed, at } = sitting({})
  const kinds = ['extension', 'resume', 'below_minimum', 'lottery']
  for (const kind of kinds) await addOurs(at, { statement: stated(kind, {}), certificates: [] })
  expect(handed.map(({ type }) => type)).toEqual(['ExtendWindow', 'ResumeOpening', 'ContinueLot', 'DrawByLottery'])
  await addOurs(at, { statement: stated('something_else', {}), certificates: [] })
  expect(handed).toHaveLength(4)
  expect(kindOf({ statement: stated('something_else', {}), certificates: [] })).toBeNull()
})

test('an office goes to its deputy and back, by the next handover', async () => {
  const members = {
    'host-01': { person: 'host-01', name: 'A', role: 'host' as const },
    'host-02': { person: 'host-02', name: 'B', role: 'host' as const, deputy_of: 'host-01' },
  }
  const first = sitting({ members }, { type: 'RoleHandedOver' })
  expect(takerOf(first.at.timeline.view)?.person).toBe('host-02')
  await handOver(first.at, members['host-02'])
  expect(told(first.handed[0])).toEqual({ session: 's', number: 2, role: 'host', to: 'host-02' })
  const handed = { members, in_office: { host: 'host-02' } } as Partial<OpeningView>
  expect(takerOf(sitting(handed).at.timeline.view)).toBeNull()
  expect(holderOf(sitting(handed).at.timeline.view)).toBe('host-02')
  const deputy = sitting({ ...handed, me: { person: 'host-02', role: 'host', ask: 'wait' } })
  expect(takerOf(deputy.at.timeline.view)?.person).toBe('host-01')
})

test('by hand is drawn what no seed has given, with one of the declared values', async () => {
  const draw = { coefficients: [{ name: 'K', values: ['0.95', '0.96'] }, { name: 'L', values: ['1'] }] }
  const tender = { code: 'c', title: 't', trading_center: '', tenderer: '', lots: [{ lot: '1', title: 't', ceiling_price: '1', draw }] }
  const done = { lot: '1', coefficient: 'L', value: '1', empty: [], lottery: true }
  const { handed, at } = sitting({ tender, lotteries: ['1'], draws: [done] })
  const [left, ...more] = toDraw(at.timeline.view)
  expect(more).toEqual([])
  await sayDrawn(at, left!, '0.96')
  expect(told(handed[0])).toEqual({ session: 's', lot: '1', coefficient: 'K', value: '0.96' })
  expect(toDraw({ ...at.timeline.view, lotteries: [] })).toEqual([])
})
