/** The registry as an office sees it, and its acts. */

import { post, read } from '../keys/account'

export const OFFICES = ['system', 'security', 'audit'] as const

export interface Admin {
  readonly person: string
  readonly name: string
  readonly role: (typeof OFFICES)[number]
}

export interface Enrolment {
  readonly request: string
  readonly person: string
  readonly name: string
  readonly keyid: string
  readonly certificate?: string
  readonly refused?: string
}

export interface Issued {
  readonly serial: string
  readonly person: string
  readonly keyid: string
  readonly until: string
  readonly revoked?: string
}

/** What is absent is another office's business. */
export interface Registry {
  readonly role: string
  readonly admins?: readonly Admin[]
  readonly enrolments?: readonly Enrolment[]
  readonly issued?: readonly Issued[]
  readonly agencies?: readonly string[]
}

export type Order =
  | { readonly type: 'GrantRole'; readonly admin: Admin }
  | { readonly type: 'WithdrawRole'; readonly person: string; readonly reason: string }
  | { readonly type: 'ApproveEnrolment'; readonly request: string; readonly revoke: readonly string[] }
  | { readonly type: 'RefuseEnrolment'; readonly request: string; readonly reason: string }
  | { readonly type: 'RevokeCertificate'; readonly serial: string; readonly reason: string }
  | { readonly type: 'AdmitAgency' | 'DismissAgency'; readonly person: string }
  | { readonly type: 'OpenHall' | 'CloseHall'; readonly hall: string }
  | { readonly type: 'PlaceSession'; readonly session: string; readonly hall: string }

export async function readRegistry(): Promise<Registry> {
  return (await read('/api/registry')) as Registry
}

/** Refused unless it was done. */
export async function order(what: Order): Promise<void> {
  await post('/api/registry/commands', what)
}

/** One entry of the audit log, as far as a page shows it. */
export interface Entry {
  readonly seq: number
  readonly type: string
  readonly at: string
  readonly by: string
  /** Everything else that it says. */
  readonly says: string
}

interface Shown {
  readonly seq: number
  readonly event: Readonly<Record<string, unknown>> | null
}

/** Of a value that long, such as a certificate, the beginning is shown. */
const MOST = 80

/** The audit log, the newest first. */
export async function readLog(): Promise<Entry[]> {
  const shown = (await read('/api/registry/log')) as readonly Shown[]
  return shown.map(entryOf).reverse()
}

export function entryOf({ seq, event }: Shown): Entry {
  const { type, at, by, ...rest } = event ?? {}
  const { person = '' } = (by ?? {}) as { person?: string }
  const says = Object.entries(rest).map(([name, value]) => `${name}: ${shortened(value)}`)
  return { seq, type: String(type), at: typeof at === 'string' ? at : '', by: person, says: says.join('  ') }
}

function shortened(value: unknown): string {
  const whole = typeof value === 'string' ? value : JSON.stringify(value)
  return whole.length > MOST ? `${whole.slice(0, MOST)}…` : whole
}

/** The entries in which all these words stand. */
export function having(entries: readonly Entry[], words: string): readonly Entry[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean)
  return entries.filter((entry) => {
    const told = Object.values(entry).join(' ').toLowerCase()
    return wanted.every((word) => told.includes(word))
  })
}
