import type { PhaseStep } from '../timeline/phases'
import type { OpeningView, Phase } from '../wire'
import { declaresDraw, nowOf, stands, steps } from './phases'

/** The phase bar of an opening: its steps in words, and where it stands. */
export function phaseSteps(view: OpeningView, t: (key: string) => string): { steps: PhaseStep[]; at: number } {
  const all = steps(view.phase, declaresDraw(view))
  const named = all.map(({ name, state }) => ({ name, state, word: t(wordOf(view, name, state)) }))
  return { steps: named, at: all.findIndex(({ name }) => name === stands(view.phase)) }
}

function wordOf(view: OpeningView, name: Phase, state: PhaseStep['state']): string {
  if (state === 'aborted' && nowOf(view) === 'TOO_FEW_BIDS') return 'opening.tooFewBids'
  return `opening.phases.${state === 'held' || state === 'aborted' ? view.phase : name}`
}
