/** What needs somebody's eyes in a session, as far as its page tells; the worst first. */

import { signersOf } from '../../timeline/note'
import type { OpeningView } from '../../wire'

const ALERTS = [
  'held',
  'outage',
  'suspended',
  'undecided',
  'uncosigned',
  'quorum',
  'too_few',
  'host_late',
  'overdue',
  'awaited',
  'cosigner_gone',
  'absent',
  'undrilled',
  'aborted',
] as const

type AlertKind = (typeof ALERTS)[number]

export interface Alert {
  readonly kind: AlertKind
  readonly severity: 'failed' | 'attention'
  /** Since or until when, where that matters. */
  readonly at?: string
  readonly detail?: string
}

/** Checkpoints are cosigned within moments; whatever takes longer is an outage at the cosigners' or on the way. */
const COSIGNED_WITHIN_MS = 10_000
const OVERDUE_MS = 10_000
/** So long before an end it is told that something is still missing for it. */
const SOON_MS = 600_000

type Look = (view: OpeningView, now: number, cosigners: readonly string[]) => Omit<Alert, 'kind'> | null

const LOOKS: Readonly<Record<AlertKind, Look>> = {
  held: ({ phase, phase_since: since }) => (phase === 'HELD' ? failed({ at: since }) : null),
  outage: ({ suspended: now }) => (now?.cause === 'outage' ? failed({ at: now.since }) : null),
  suspended: ({ suspended: now }) => (now && now.cause !== 'outage' ? failed({ at: now.since, detail: now.cause }) : null),
  undecided: ({ suspended: pause }, now) =>
    pause && now >= Date.parse(pause.supervisor_from) ? failed({ at: pause.aborted_at }) : null,
  uncosigned: ({ uncosigned_since: since }, now) =>
    since && now - Date.parse(since) > COSIGNED_WITHIN_MS ? failed({ at: since }) : null,
  quorum: (view, now) => {
    const { phase, k = 0, custodians = {}, ends_at: until } = view
    const lacking = k - Object.values(custodians).filter(({ published }) => published).length
    return phase === 'CUSTODY' && lacking > 0 && isSoon(until, now) ? attention({ at: until, detail: String(lacking) }) : null
  },
  too_few: ({ questioned = [] }) => (questioned.length ? attention({ detail: questioned.join('、') }) : null),
  host_late: ({ host_step: step }, now) => {
    const from = step && (step.deputy_from ?? step.supervisor_from)
    return from && now >= Date.parse(from) ? attention({ at: step.since }) : null
  },
  overdue: ({ ends_at: until, suspended: stopped, phase }, now) =>
    until && !stopped && !isOver(phase) && now - Date.parse(until) > OVERDUE_MS ? attention({ at: until }) : null,
  awaited: ({ awaited, me }) =>
    awaited || me.ask.startsWith('countersign') ? attention({ detail: me.ask }) : null,
  cosigner_gone: ({ check_code: code, phase }, _now, cosigners) => {
    const signed = code ? signersOf(code.note).cosigners : cosigners
    const gone = cosigners.filter((name) => !signed.includes(name))
    return gone.length && !isOver(phase) ? attention({ detail: gone.join('、') }) : null
  },
  absent: ({ phase, ends_at: until, present = [], members = {} }, now) => {
    const wanted = Object.values(members).filter(({ role, deputy_of: deputy }) => ['host', 'supervisor'].includes(role) && !deputy)
    const missing = wanted.filter(({ person }) => !present.includes(person)).map(({ name }) => name)
    return phase === 'LOBBY' && missing.length && isSoon(until, now) ? attention({ detail: missing.join('、') }) : null
  },
  undrilled: ({ phase, deadline, custodians = {} }, now) => {
    const left = Object.values(custodians).filter(({ drilled }) => drilled === false)
    return ['SCHEDULED', 'LOBBY'].includes(phase) && left.length && isSoon(deadline, now)
      ? attention({ detail: left.map(({ name }) => name).join('、') })
      : null
  },
  aborted: ({ phase }) => (phase === 'ABORTED' ? failed({}) : null),
}

/** Everything that is amiss at `now`, the server's time; `cosigners` are those that should have signed. */
export function alertsOf(view: OpeningView, now: number, cosigners: readonly string[]): Alert[] {
  return ALERTS.flatMap((kind) => {
    const found = LOOKS[kind](view, now, cosigners)
    return found ? [{ kind, ...found }] : []
  })
}

/** Sessions that need somebody first; otherwise as they were. */
export function neediestFirst<T extends { readonly alerts: readonly Alert[] }>(sessions: readonly T[]): T[] {
  return [...sessions].sort((a, b) => need(b.alerts) - need(a.alerts))
}

function need(alerts: readonly Alert[]): number {
  if (!alerts.length || alerts.every(({ kind }) => kind === 'aborted')) return 0
  return alerts.some(({ severity }) => severity === 'failed') ? 2 : 1
}

function isOver(phase: OpeningView['phase']): boolean {
  return phase === 'CLOSED' || phase === 'ABORTED'
}

function isSoon(until: string | undefined, now: number): boolean {
  return until !== undefined && Date.parse(until) - now < SOON_MS
}

type About = { readonly at?: string | undefined; readonly detail?: string }

function failed({ at, detail }: About): Omit<Alert, 'kind'> {
  return { severity: 'failed', ...(at ? { at } : {}), ...(detail ? { detail } : {}) }
}

function attention(about: About): Omit<Alert, 'kind'> {
  return { ...failed(about), severity: 'attention' }
}
