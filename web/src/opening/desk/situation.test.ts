import { expect, test } from 'vitest'
import type { OpeningView } from '../../wire'
import { heardIn, maySuspend, nextToRead, stepOf } from './situation'

const view = (given: Partial<OpeningView>): OpeningView => ({
  session: 's',
  phase: 'ROSTER',
  me: { person: 'host-01', role: 'host', ask: 'open_release' },
  ...given,
})
const STEP = { since: '2026-11-22T02:00:00.000Z', supervisor_from: '2026-11-22T02:20:00.000Z' }
const at = (minute: number): number => Date.parse('2026-11-22T02:00:00.000Z') + minute * 60_000

test('the host takes its own step at any time', () => {
  expect(stepOf(view({ host_step: STEP }), at(0))).toEqual({ ask: 'open_release', from: null })
})

test('the supervisor may stand in for the host only when it has waited long enough', () => {
  const supervisor = view({ me: { person: 'x', role: 'supervisor', ask: 'wait' }, host_step: STEP })
  expect(stepOf(supervisor, at(19))).toEqual({ ask: 'wait', from: STEP.supervisor_from })
  expect(stepOf(supervisor, at(20))).toEqual({ ask: 'open_release', from: null })
  expect(stepOf({ ...supervisor, me: { ...supervisor.me, role: 'witness' } }, at(60)).ask).toBe('wait')
})

test('bids are read out in the order of the roster', () => {
  const bids = { a: { number: 2, lot: '1' }, b: { number: 1, lot: '1', outcome: 'OPENED' as const }, c: { number: 3, lot: '1' } }
  expect(nextToRead(view({ bids }))).toMatchObject({ bid: 'a', left: 2 })
  expect(nextToRead(view({ bids: { b: bids.b } }))).toBeNull()
})

test('words are taken from the roster to the record; a running session may be suspended once', () => {
  expect(['LOBBY', 'ROSTER', 'RECORD', 'CLOSED', 'ABORTED'].map((phase) => heardIn(phase as OpeningView['phase']))).toEqual(
    [false, true, true, false, false],
  )
  expect(maySuspend(view({}))).toBe(true)
  const suspended = { number: 1, cause: 'complaint' as const, since: STEP.since, supervisor_from: STEP.since }
  expect(maySuspend(view({ suspended }))).toBe(false)
  expect(maySuspend(view({ phase: 'LOBBY' }))).toBe(false)
})
