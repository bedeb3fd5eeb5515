import { when } from './instants'
import { underWay } from './phases'
import type { Opening } from './state'

const TICKING = ['SCHEDULED', 'LOBBY', 'ROSTER', 'RELEASE']
const TOLERANCE_MS = 2000

/** From when on what is due and not done tells that the server was away; null while nothing falls due at a time. */
export function outageAt(opening: Opening): number | null {
  const { timetable: table, phase } = opening
  if (!table || opening.suspension) return null
  const waits = [...tickDue(opening), ...step(opening)]
  if (!waits.length) return null
  const first = Math.max(Math.min(...waits), awakeSince(opening))
  if (phase === 'SCHEDULED' || phase === 'LOBBY') {
    return Math.max(first + table.pauses.hold_ms, opening.deadline() - table.pauses.hold_within_ms)
  }
  return underWay(phase) ? first + table.pauses.outage_ms : null
}

function awakeSince(opening: Opening): number {
  const resumed = opening.pauses.slice(-1).map(({ until }) => when(until))
  return Math.max(opening.phaseSince ?? opening.deadline(), ...resumed)
}

/** When the next tick is; none in phases that do not tick. */
export function tickDue(opening: Opening): number[] {
  const { phase, windowClosed, lastTickAt } = opening
  if (!TICKING.includes(phase) || windowClosed || lastTickAt === null) return []
  return [lastTickAt + opening.cadence().every_ms]
}

/** When the phase's own step falls due; none where it follows as soon as something has happened. */
function step(opening: Opening): number[] {
  const since = opening.endsAt ?? opening.phaseSince ?? opening.deadline()
  const due = DUE[opening.phase]
  return due === undefined ? [] : due(opening, since)
}

const DUE: { readonly [phase: string]: ((opening: Opening, ends: number) => number[]) | undefined } = {
  SCHEDULED: (opening) => [opening.deadline() - opening.table().lobby_ms],
  LOBBY: (opening) => [opening.deadline()],
  CLOSED_FOR_BIDS: (opening) => [opening.deadline() + TOLERANCE_MS],
  RELEASE: (opening, ends) => (opening.windowClosed || !opening.unreleased() ? [] : [ends]),
  COUNT_CHECK: (_opening, ends) => [ends],
  CUSTODY: (_opening, ends) => [ends],
  RECORD: (_opening, ends) => [ends],
  CONFIRM: (opening, ends) => (opening.silentLines().length ? [ends] : []),
  OBJECTION: (opening, ends) => [hearingEndsAt(opening) ?? ends],
}

/** When the objections are over: later by as much again where the host has not answered. */
function hearingEndsAt(opening: Opening): number | null {
  if (opening.endsAt === null) return null
  return opening.endsAt + (opening.unanswered() ? opening.table().windows.objection_ms : 0)
}
