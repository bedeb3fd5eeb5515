import type { OpeningView, Phase } from '../../wire'
import { STEPS, stands } from '../phases'

const ASKS = [
  'open_release',
  'read_out',
  'answer_objection',
  'sign_record',
  'close_opening',
  'countersign',
  'countersign_timetable',
  'countersign_strike',
  'resume',
  'continue_lot',
  'draw_by_lottery',
  'seal_draw',
  'publish_policy',
  'propose_timetable',
] as const

export type Ask = (typeof ASKS)[number] | 'wait'

/** What a session may ask of its staff; anything else is for others, or nothing. */
export function askOf(ask: string): Ask {
  return ASKS.find((known) => known === ask) ?? 'wait'
}

const ROLES = ['host', 'supervisor', 'witness', 'tenderer'] as const

export function isStaff(role: string): boolean {
  return ROLES.some((known) => known === role)
}

export function roleOf(role: string): (typeof ROLES)[number] {
  return ROLES.find((known) => known === role) ?? 'witness'
}

/** Whether the tenderer may move the deadline it has signed: it proposes, the supervisor signs too. */
export function mayPostpone({ me, phase, timetable }: OpeningView): boolean {
  return me.role === 'tenderer' && !!timetable && me.ask !== 'propose_timetable' && ['SCHEDULED', 'LOBBY'].includes(phase)
}

export function mayCheckIn(phase: Phase): boolean {
  return ['LOBBY', 'COUNT_CHECK', 'ROSTER', 'RELEASE'].includes(phase)
}

/** Whether words are taken: from the roster to the record. */
export function heardIn(phase: Phase): boolean {
  if (['HELD', 'COUNT_CHECK', 'ABORTED', 'CLOSED'].includes(phase)) return false
  return STEPS.indexOf(stands(phase)) >= STEPS.indexOf('ROSTER')
}

/** Whether a session may be suspended: between its deadline and its end. */
export function maySuspend({ phase, suspended }: OpeningView): boolean {
  return !suspended && (phase === 'COUNT_CHECK' || heardIn(phase))
}

/** What waits for the host in each phase. */
const HOSTS: { readonly [P in Phase]?: Ask } = {
  ROSTER: 'open_release',
  READOUT: 'read_out',
  RECORD: 'close_opening',
}

/**
 * The step that this person may take now: its own, or the host's when it has waited long enough. `from` says since when
 * somebody else may; null if nobody else ever may, or it is the host's own.
 */
export function stepOf(view: OpeningView, now: number | null): { ask: Ask; from: string | null } {
  const own = askOf(view.me.ask)
  const waiting = HOSTS[view.phase]
  if (own !== 'wait' || !waiting || !view.host_step || view.suspended) return { ask: own, from: null }
  const from = startOf(view)
  if (!from) return { ask: own, from: null }
  return now !== null && now >= Date.parse(from) ? { ask: waiting, from: null } : { ask: own, from }
}

function startOf({ me, host_step: step, members }: OpeningView): string | null {
  if (me.role === 'supervisor') return step!.supervisor_from
  const deputy = members?.[me.person]?.deputy_of
  return (deputy && step!.deputy_from) || null
}

/** The bid to read out next: in the order of the roster. */
export function nextToRead({ bids = {} }: OpeningView) {
  const left = Object.entries(bids).filter(([, { outcome }]) => !outcome)
  const [first] = left.sort(([, a], [, b]) => a.number - b.number)
  return first ? { bid: first[0], row: first[1], left: left.length } : null
}
