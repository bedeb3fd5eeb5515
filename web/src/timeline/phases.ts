/** How far a phase is. */
export type StepState = 'done' | 'current' | 'ahead' | 'held' | 'aborted' | 'never'

/** A phase as the bar shows it. */
export interface PhaseStep {
  readonly name: string
  readonly word: string
  readonly state: StepState
}
