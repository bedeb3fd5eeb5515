import { expect, test } from 'vitest'
import type { OpeningView, Phase } from '../wire'
import { clashes } from './halls'
import { grouped, inOrder } from './sessions'

function session(name: string, phase: Phase, deadline?: string): OpeningView {
  return { session: name, phase, me: { person: '', role: 'observer', ask: 'wait' }, ...(deadline && { deadline }) }
}

test('what goes on comes first, then the next deadline, then what is over, the latest first', () => {
  const sessions = [
    session('over long ago', 'CLOSED', '2026-01-01'),
    session('no deadline yet', 'SCHEDULED'),
    session('next week', 'SCHEDULED', '2026-11-30'),
    session('now', 'READOUT', '2026-11-22'),
    session('over today', 'ABORTED', '2026-11-22'),
    session('tomorrow', 'SCHEDULED', '2026-11-23'),
  ]
  expect(inOrder(sessions).map((view) => view.session)).toEqual([
    'now',
    'tomorrow',
    'next week',
    'no deadline yet',
    'over today',
    'over long ago',
  ])
})

test('a session stands where its reader looks first: what is asked, today, next, over', () => {
  const asked = { ...session('asked', 'SCHEDULED'), me: { person: 'a', role: 'tenderer' as const, ask: 'publish_policy' } }
  const views = [
    asked,
    session('runs', 'READOUT', '2026-11-22T01:00:00.000Z'),
    session('tonight', 'SCHEDULED', '2026-11-22T15:59:00.000Z'),
    session('after midnight', 'SCHEDULED', '2026-11-22T16:01:00.000Z'),
    session('done', 'CLOSED', '2026-11-22T01:00:00.000Z'),
  ]
  const { asking, today, next, over } = grouped(views, '2026-11-22')
  const names = [asking, today, next, over].map((group) => group.map((view) => view.session))
  expect(names).toEqual([['asked'], ['runs', 'tonight'], ['after midnight'], ['done']])
})

test('two sessions clash in one hall within four hours, not in two halls, nor when one is over', () => {
  const at = (name: string, phase: Phase, hour: string) => session(name, phase, `2026-11-22T${hour}:00:00.000Z`)
  const views = [at('a', 'SCHEDULED', '01'), at('b', 'LOBBY', '04'), at('c', 'SCHEDULED', '08'), at('d', 'CLOSED', '08')]
  const inOne = { a: '1', b: '1', c: '1', d: '1' }
  expect([...clashes(views, { halls: ['1', '2'], placed: inOne })]).toEqual(['a', 'b'])
  expect([...clashes(views, { halls: ['1', '2'], placed: { ...inOne, b: '2' } })]).toEqual([])
})
