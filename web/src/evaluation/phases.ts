import type { PhaseStep } from '../timeline/phases'
import type { EvaluationPhase, EvaluationView } from '../wire'

/** The steps of an evaluation, as the phase bar shows them; price scores are worked out in an instant. */
const STEPS = [
  'SCHEDULED',
  'DRAW',
  'CHECK_IN',
  'UNDERTAKING',
  'LEADER',
  'MATERIALS',
  'PRELIMINARY',
  'DETAILED',
  'OUTLIERS',
  'SUMMARY',
  'REPORT',
  'CLOSED',
] as const satisfies readonly EvaluationPhase[]

const ORDER: readonly EvaluationPhase[] = [...STEPS.slice(0, 9), 'PRICE', ...STEPS.slice(9), 'VOID']

/** Whether an evaluation is in `phase` or behind it; a void one has come to nothing. */
export function comeTo({ phase: at }: EvaluationView, phase: EvaluationPhase): boolean {
  return at !== undefined && at !== 'VOID' && ORDER.indexOf(at) >= ORDER.indexOf(phase)
}

/** The phase bar, and where the session stands on it. Whoever is told no phase sees no bar. */
export function phaseSteps(view: EvaluationView, t: (key: string) => string): { steps: PhaseStep[]; at: number } {
  const { phase } = view
  if (!phase) return { steps: [], at: 0 }
  if (phase === 'VOID') return { steps: [{ name: phase, word: t(`phases.${phase}`), state: 'aborted' }], at: 0 }
  const at = STEPS.indexOf(phase === 'PRICE' ? 'SUMMARY' : phase)
  const steps = STEPS.map((name, i) => ({ name, word: t(`phases.${name}`), state: stateOf(view, i - at) }))
  return { steps, at }
}

function stateOf({ phase, suspended }: EvaluationView, ahead: number): PhaseStep['state'] {
  if (ahead !== 0) return ahead < 0 ? 'done' : 'ahead'
  if (phase === 'CLOSED') return 'done'
  return suspended ? 'held' : 'current'
}

/** Which sentence says what is happening now. */
type Now = EvaluationPhase | 'SUSPENDED' | 'BIDDER' | 'PUBLIC'

export function nowOf({ phase, suspended, me, published, void: voided }: EvaluationView): Now {
  if (voided) return 'VOID'
  if (published) return 'CLOSED'
  if (suspended) return 'SUSPENDED'
  return phase ?? (me.role === 'bidder' ? 'BIDDER' : 'PUBLIC')
}

export function moodOf(view: EvaluationView): 'running' | 'done' | 'attention' | 'failed' {
  const now = nowOf(view)
  if (now === 'VOID') return 'failed'
  if (now === 'SUSPENDED') return 'attention'
  return now === 'CLOSED' ? 'done' : 'running'
}
