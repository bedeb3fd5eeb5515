import { expect, test } from 'vitest'
import type { OpeningView } from '../../wire'
import { alertsOf, neediestFirst } from './alerts'

const T = Date.parse('2026-11-22T02:00:00.000Z')
const at = (seconds: number): string => new Date(T + seconds * 1000).toISOString()
const view = (given: Partial<OpeningView>): OpeningView => ({
  session: 's',
  phase: 'RELEASE',
  me: { person: 'x', role: 'supervisor', ask: 'wait' },
  ...given,
})
const kinds = (given: Partial<OpeningView>, cosigners: readonly string[] = []): string[] =>
  alertsOf(view(given), T, cosigners).map(({ kind }) => kind)

test('a session that runs as it should raises nothing', () => {
  expect(kinds({ ends_at: at(60), uncosigned_since: at(-2) })).toEqual([])
})

test('held, stopped by an outage, suspended, and too long so', () => {
  const pause = { number: 1, cause: 'outage' as const, since: at(-60), supervisor_from: at(60) }
  expect(kinds({ phase: 'HELD' })).toEqual(['held'])
  expect(kinds({ suspended: pause })).toEqual(['outage'])
  expect(kinds({ suspended: { ...pause, cause: 'complaint', supervisor_from: at(0) } })).toEqual(['suspended', 'undecided'])
})

test('checkpoints that wait longer than moments, and a cosigner that is not among those who signed', () => {
  const note = 'log\n3\nroot\n\n— log aaaa\n— north bbbb\n'
  const code = { code: '青石流云', phase: 'RELEASE' as const, covers: 3, note }
  expect(kinds({ uncosigned_since: at(-11) })).toEqual(['uncosigned'])
  expect(kinds({ check_code: code }, ['north'])).toEqual([])
  expect(alertsOf(view({ check_code: code }), T, ['north', 'south'])).toEqual([
    { kind: 'cosigner_gone', severity: 'attention', detail: 'south' },
  ])
})

test('keys that lack for the quorum while its time runs out', () => {
  const custodians = { a: { name: 'A', side: '', published: true }, b: { name: 'B', side: '', published: false } }
  expect(kinds({ phase: 'CUSTODY', k: 2, custodians, ends_at: at(900) })).toEqual([])
  expect(alertsOf(view({ phase: 'CUSTODY', k: 2, custodians, ends_at: at(500) }), T, [])[0]).toMatchObject({ kind: 'quorum', detail: '1' })
  expect(kinds({ phase: 'CUSTODY', k: 1, custodians, ends_at: at(500) })).toEqual([])
})

test('the host who does not act, a clock that should have rung, papers that wait, lots with too few bids', () => {
  expect(kinds({ host_step: { since: at(-900), deputy_from: at(-1), supervisor_from: at(600) } })).toEqual(['host_late'])
  expect(kinds({ ends_at: at(-11) })).toEqual(['overdue'])
  expect(kinds({ phase: 'CLOSED', ends_at: at(-11) })).toEqual([])
  expect(kinds({ me: { person: 'x', role: 'supervisor', ask: 'countersign_strike' } })).toEqual(['awaited'])
  expect(kinds({ questioned: ['1'] })).toEqual(['too_few'])
})

test('before the deadline: who is not there, whose key was never tried', () => {
  const members = { h: { person: 'h', name: 'H', role: 'host' as const }, d: { person: 'd', name: 'D', role: 'host' as const, deputy_of: 'h' } }
  expect(alertsOf(view({ phase: 'LOBBY', members, ends_at: at(300) }), T, [])[0]).toMatchObject({ kind: 'absent', detail: 'H' })
  expect(kinds({ phase: 'LOBBY', members, present: ['h'], ends_at: at(300) })).toEqual([])
  const custodians = { a: { name: 'A', side: '', published: false, drilled: false } }
  expect(kinds({ phase: 'SCHEDULED', custodians, deadline: at(300) })).toEqual(['undrilled'])
  expect(kinds({ phase: 'SCHEDULED', custodians, deadline: at(86_400) })).toEqual([])
})

test('what failed comes before what wants attention, and what is over last', () => {
  const cards = [view({ phase: 'ABORTED' }), view({ questioned: ['1'] }), view({ phase: 'HELD' }), view({})]
  const ordered = neediestFirst(cards.map((one) => ({ one, alerts: alertsOf(one, T, []) })))
  expect(ordered.map(({ one }) => one)).toEqual([cards[2], cards[1], cards[0], cards[3]])
})
