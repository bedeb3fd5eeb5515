import { expect, test } from 'vitest'
import type { OpeningView } from '../wire'
import { nowOf, steps } from './phases'

const ME = { person: '', role: 'observer', ask: 'wait' } as const

function states(...given: Parameters<typeof steps>): string {
  return steps(...given)
    .map(({ state }) => state)
    .join(' ')
}

test('a running day is done up to the present step', () => {
  expect(states('RELEASE')).toBe('done done done done current ahead ahead ahead ahead ahead ahead ahead')
})

test('a finished day is done to the end', () => {
  expect(new Set(steps('CLOSED').map(({ state }) => state))).toEqual(new Set(['done']))
})

test('the draw is a step only where something is drawn', () => {
  expect(steps('UNSEAL').map(({ name }) => name)).not.toContain('DRAW')
  expect(steps('DRAW', true).find(({ name }) => name === 'DRAW')?.state).toBe('current')
})

test('a held session stands at its deadline and may go on', () => {
  expect(states('HELD')).toBe('done done held ahead ahead ahead ahead ahead ahead ahead ahead ahead')
})

test('too few bids end the day at the count, and what would follow never comes', () => {
  expect(states('ABORTED')).toBe('done done done aborted never never never never never never never never')
})

test.each<[Partial<OpeningView>, string]>([
  [{ phase: 'SCHEDULED' }, 'UNSCHEDULED'],
  [{ phase: 'SCHEDULED', deadline: '2026-11-22T02:00:00.000Z' }, 'SCHEDULED'],
  [{ phase: 'RELEASE', ends_at: '2026-11-22T02:30:00.000Z' }, 'RELEASE'],
  [{ phase: 'RELEASE' }, 'WINDOW_CLOSED'],
  [{ phase: 'RELEASE', suspended: { number: 1, cause: 'outage', since: '', supervisor_from: '' } }, 'SUSPENDED'],
  [{ phase: 'ABORTED', aborted: { 1: 'too_few_bids', 2: 'too_few_bids' } }, 'TOO_FEW_BIDS'],
  [{ phase: 'ABORTED' }, 'ABORTED'],
  [{ phase: 'READOUT', bids: { x: { number: 1, lot: '1' } } }, 'READOUT_OPENED'],
  [{ phase: 'READOUT', bids: { x: { number: 1, lot: '1', outcome: 'OPENED' } } }, 'READOUT'],
])('%o is told as %s', (view, now) => {
  expect(nowOf({ session: 'a', me: ME, ...view } as OpeningView)).toBe(now)
})
