/** In their order (docs/protocol.md, section 11). */
const PHASES = [
  'SCHEDULED',
  'LOBBY',
  'CLOSED_FOR_BIDS',
  'HELD',
  'COUNT_CHECK',
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
  'ABORTED',
] as const

export type Phase = (typeof PHASES)[number]

/** A suspended session may be aborted until every bid is settled. */
export const ABORTABLE: readonly Phase[] = ['COUNT_CHECK', 'ROSTER', 'RELEASE', 'CUSTODY', 'UNSEAL']

export function reached(phase: Phase, other: Phase): boolean {
  if (phase === 'HELD' || phase === 'ABORTED') {
    return other === phase || PHASES.indexOf(other) <= PHASES.indexOf('CLOSED_FOR_BIDS')
  }
  return PHASES.indexOf(phase) >= PHASES.indexOf(other)
}

/** Whether the deadline has counted and the session is not over. */
export function underWay(phase: Phase): boolean {
  return reached(phase, 'COUNT_CHECK') && !['HELD', 'CLOSED', 'ABORTED'].includes(phase)
}
