import { expect, test } from 'vitest'
import type { OpeningView, Phase } from '../wire'
import { inOrder } from './sessions'

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
