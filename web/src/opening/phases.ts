import type { StepState } from '../timeline/phases'
import type { OpeningView, Phase } from '../wire'

/** The steps of the day, as the phase bar shows them. */
export const STEPS = [
  'SCHEDULED',
  'LOBBY',
  'CLOSED_FOR_BIDS',
  'ROSTER',
  'RELEASE',
  'CUSTODY',
  'UNSEAL',
  'DRAW',
  'READOUT',
  'CONFIRM',
  'OBJECTION',
  'RECORD',
  'CLOSED',
] as const satisfies readonly Phase[]

/** The phases that have an end known beforehand. */
export const TIMED = [
  'SCHEDULED',
  'LOBBY',
  'COUNT_CHECK',
  'RELEASE',
  'CUSTODY',
  'CONFIRM',
  'OBJECTION',
  'RECORD',
] as const satisfies readonly Phase[]

type StepName = (typeof STEPS)[number]
interface Step {
  readonly name: StepName
  readonly state: StepState
}

/** Every step with its state; something is drawn only where the tender leaves it to a draw. */
export function steps(phase: Phase, draws = false): Step[] {
  const all = STEPS.filter((name) => draws || name !== 'DRAW')
  const at = all.indexOf(stands(phase))
  return all.map((name, i) => ({ name, state: i < at ? 'done' : i > at ? after(phase) : here(phase) }))
}

/** Whether something of this tender is drawn. */
export function declaresDraw({ tender }: OpeningView): boolean {
  return tender?.lots.some(({ draw }) => draw) ?? false
}

/** The step at which a session stands: it is held at the deadline, and aborted at the count. */
export function stands(phase: Phase): StepName {
  if (phase === 'HELD' || phase === 'COUNT_CHECK') return 'CLOSED_FOR_BIDS'
  return phase === 'ABORTED' ? 'ROSTER' : phase
}

function here(phase: Phase): StepState {
  if (phase === 'HELD') return 'held'
  if (phase === 'ABORTED') return 'aborted'
  return phase === 'CLOSED' ? 'done' : 'current'
}

function after(phase: Phase): StepState {
  return phase === 'ABORTED' ? 'never' : 'ahead'
}

/** The sentence that says what is happening now, and the one that says what comes next, go by this name. */
export type Now = Phase | 'SUSPENDED' | 'UNSCHEDULED' | 'WINDOW_CLOSED' | 'READOUT_OPENED' | 'TOO_FEW_BIDS'

/** Which sentence holds now. */
export function nowOf(view: OpeningView): Now {
  return view.suspended ? 'SUSPENDED' : (TOLD_APART[view.phase]?.(view) ?? view.phase)
}

/** Phases of which more than one sentence is told. */
const TOLD_APART: { readonly [P in Phase]?: (view: OpeningView) => Now | null } = {
  SCHEDULED: ({ deadline }) => (deadline ? null : 'UNSCHEDULED'),
  RELEASE: ({ ends_at: until }) => (until ? null : 'WINDOW_CLOSED'),
  READOUT: (view) => (hasReadOut(view) ? null : 'READOUT_OPENED'),
  ABORTED: (view) => (hasTooFew(view) ? 'TOO_FEW_BIDS' : null),
}

function hasReadOut({ bids = {} }: OpeningView): boolean {
  return Object.values(bids).some(({ outcome }) => outcome)
}

function hasTooFew({ aborted = {} }: OpeningView): boolean {
  const causes = Object.values(aborted)
  return causes.length > 0 && causes.every((cause) => cause === 'too_few_bids')
}

type Mood = 'running' | 'done' | 'attention' | 'failed'

/** The colour and icon of a session's state; a word always goes with them. */
export function moodOf({ phase, suspended }: OpeningView): Mood {
  if (phase === 'HELD' || suspended) return 'attention'
  if (phase === 'ABORTED') return 'failed'
  return phase === 'CLOSED' ? 'done' : 'running'
}
