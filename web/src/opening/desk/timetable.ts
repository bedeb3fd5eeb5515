/** When everything happens: what the tenderer proposes and the supervisor signs too. */

import { sign } from '../../keys/identity'
import { said } from '../../timeline/said'
import type { TimetableSigned } from '../../wire'
import { done, events, type Sitting } from './acts'

const MINUTE_MS = 60_000

/** A timetable as people read it: minutes, and the deadline as the server's instant. */
export interface Times {
  deadline: string
  lobby: number
  release: number
  custody: number
  confirm: number
  objection: number
  record: number
  host: number
  extension: number
  names_shown: 'window_closed' | 'roster'
}

export const USUAL_TIMES: Omit<Times, 'deadline'> = {
  lobby: 60,
  release: 30,
  custody: 30,
  confirm: 5,
  objection: 10,
  record: 10,
  host: 10,
  extension: 30,
  names_shown: 'window_closed',
}

interface Timetable {
  readonly deadline: string
  readonly lobby_ms: number
  readonly host_ms: number
  readonly extension_ms: number
  readonly names_shown: Times['names_shown']
  readonly windows: Readonly<Record<`${'release' | 'custody' | 'confirm' | 'objection' | 'record'}_ms`, number>>
  readonly ticks: object
  readonly lobby_ticks: object
  readonly pauses: object
}

/** What no page asks for: how often the log ticks, and the limits of suspending. */
const USUAL = {
  ticks: { every_ms: 600_000, slots: 256 },
  lobby_ticks: { every_ms: 60_000, slots: 4096 },
  pauses: {
    host_ms: 300_000,
    supervisor_ms: 7_200_000,
    abort_ms: 86_400_000,
    outage_ms: 60_000,
    hold_ms: 300_000,
    hold_within_ms: 7_200_000,
  },
}

/** The timetable that holds, if any. */
export function present(sitting: Sitting): Timetable | null {
  const signed = events<TimetableSigned>(sitting, 'TimetableSigned').at(-1)?.signed
  return signed ? (said(signed.statement) as unknown as Timetable) : null
}

export function timesOf({ deadline, windows, ...table }: Timetable): Times {
  const minutes = (ms: number): number => ms / MINUTE_MS
  return {
    deadline,
    lobby: minutes(table.lobby_ms),
    release: minutes(windows.release_ms),
    custody: minutes(windows.custody_ms),
    confirm: minutes(windows.confirm_ms),
    objection: minutes(windows.objection_ms),
    record: minutes(windows.record_ms),
    host: minutes(table.host_ms),
    extension: minutes(table.extension_ms),
    names_shown: table.names_shown,
  }
}

/** Propose a timetable that follows the present one; it holds once the supervisor has signed it too. */
export async function proposeTimetable(sitting: Sitting, times: Times): Promise<void> {
  const { session, policies = [], timetable = '' } = sitting.timeline.view
  const { ticks, lobby_ticks, pauses } = present(sitting) ?? USUAL
  const ms = (minutes: number): number => Math.round(minutes * MINUTE_MS)
  const proposal = {
    session,
    policies,
    prev: timetable || null,
    deadline: times.deadline,
    windows: {
      release_ms: ms(times.release),
      custody_ms: ms(times.custody),
      record_ms: ms(times.record),
      confirm_ms: ms(times.confirm),
      objection_ms: ms(times.objection),
    },
    lobby_ms: ms(times.lobby),
    ticks,
    lobby_ticks,
    host_ms: ms(times.host),
    extension_ms: ms(times.extension),
    pauses,
    names_shown: times.names_shown,
  }
  await done(sitting, { type: 'ProposeTimetable', signed: await sign('timetable', proposal) })
}

/** The instant of a moment of the centre's day (2026-11-22T09:30), and the other way round. */
export function instantOf(local: string): string {
  const at = new Date(`${local}:00.000+08:00`)
  return Number.isNaN(at.getTime()) ? '' : at.toISOString()
}

export function localOf(instant: string): string {
  const at = Date.parse(instant)
  return Number.isNaN(at) ? '' : new Date(at + 8 * 60 * MINUTE_MS).toISOString().slice(0, 16)
}
