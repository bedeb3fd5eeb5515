import { entryName } from './case'
import { type Happened, type Type } from './events'
import { alike, idOf, payloadId } from './hash'
import { textOf, textOrNull, when } from './instants'
import { outageAt } from './outage'
import { kidsHeld } from './policies'
import { Failed } from './report'
import { said, type Kind, type Payload } from './statements'
import { ABORTABLE, underWay } from './phases'
import type { Suspension } from './held'
import { grounds, minimum, type Opening } from './state'
import type { AbortCause, Signed } from './values'

/*
 * Step 6, the day's course: whatever moved, stopped or ended the clocks did so by the rules, and nothing moved while
 * they stood still; whoever acted for another was allowed to by then. Each check is given the session as it was before.
 */

/** What waits for the host, and others may do when it has waited long enough. */
const HOSTS_STEPS: readonly Type[] = ['ReleaseOpened', 'BidReadOut', 'ConfirmationOpened', 'OpeningClosed']

/** What goes on while the clocks stand still. */
const MEANWHILE: readonly Type[] = [
  'AbortOrdered',
  'BidderCheckedIn',
  'CheckpointCosigned',
  'CrlNotedDown',
  'CustodyOpened',
  'Disclosed',
  'KeyReleased',
  'LogKeyRotated',
  'LotAborted',
  'MemberCheckedIn',
  'ObjectionRaised',
  'OpeningAborted',
  'OpeningResumed',
  'PartReleased',
  'ReleaseHindered',
  'ReleaseRefused',
  'RemedyRequested',
  'RequestRefused',
  'RoleHandedOver',
  'Said',
  'SignatureAwaited',
  'StampTaken',
  'SubmissionRefused',
  'SuspensionCountersigned',
  'Ticked',
  'WindowExtended',
  'WrongKeyTried',
]

/** That this entry may follow; Failed otherwise. */
export function course(before: Opening, happened: Happened): void {
  const { event, shown } = happened
  const name = entryName(shown)
  if (before.suspension && !MEANWHILE.includes(event.type)) throw new Failed(name, 'whileSuspended')
  inOffice(name, before, happened)
  const holds = CHECKS[event.type] as ((before: Opening, happened: Happened) => boolean) | undefined
  if (holds && !holds(before, happened)) throw new Failed(name, 'doesNotFollow', event.type)
}

function inOffice(name: string, before: Opening, { event: { type }, by, at }: Happened): void {
  if (HOSTS_STEPS.includes(type) && by.role !== 'clock') {
    const since = mayStandIn(before, by)
    if (since === null || at < since) throw new Failed(name, 'stoodInTooEarly')
  } else if (type !== 'MemberCheckedIn' && !before.inOffice(by.person)) {
    throw new Failed(name, 'notInOffice')
  }
}

type Checks = { readonly [K in Type]?: (before: Opening, happened: Happened<K>) => boolean }

const CHECKS: Checks = {
  OpeningSuspended(before, happened) {
    const { number } = happened.event
    const fits = !before.suspension && underWay(before.phase) && number === before.pauses.length + 1
    return fits && (happened.event.signed ? suspendedByPerson : suspendedByServer)(before, happened)
  },
  SuspensionCountersigned({ suspension: now }, { event: { signed } }) {
    return now !== null && now.endsAt !== null && now.statement === idOf(signed.statement)
  },
  OpeningResumed(before, { event, by, at }) {
    const now = before.suspension
    if (now?.number !== event.number || event.ends_at !== textOrNull(endsAfter(before, at))) return false
    return event.signed ? resumedByPerson(before, event.signed, by, at) : endedByItself(now, by, at)
  },
  WindowExtended(before, { event, at }) {
    const told = say(event.signed, 'extension')
    if (before.phase !== 'RELEASE' || !before.close || before.endsAt === null) return false
    const stated = [before.session, payloadId('close', before.close), before.extensions.length + 1]
    const timed = [...stated, textOf(before.endsAt + told.by_ms)]
    const allowed = !before.windowClosed && !before.over(at) && told.by_ms > 0 && told.by_ms <= before.leftMs()
    return alike([told.session, told.close, told.number, event.ends_at], timed) && allowed
  },
  WindowClosed(before, { event }) {
    const { extensions, pauses } = said(event.window_closed, 'window_closed')
    return alike([extensions, pauses], [before.extensions, before.pauses])
  },
  RequestRefused(before, { event: { signed, statement } }) {
    return signed ? statement === idOf(signed.statement) : before.awaited.has(statement)
  },
  OpeningHeld(before, { event: { cause }, at }) {
    if (before.phase === 'CLOSED_FOR_BIDS') return cause === 'not_cosigned_in_time'
    return cause === 'outage' && missedByNow(before, at)
  },
  CountCheckOpened(before, { event, at }) {
    if (!before.close || !before.timetable) return false
    const few = before.close.lots.filter(({ lot, count }) => count > 0 && count < minimum(before, lot))
    const questioned = few.map(({ lot }) => lot).filter((lot) => grounds(before, lot).length)
    return alike([event.lots, event.ends_at], [questioned, textOf(at + before.timetable.host_ms)])
  },
  LotContinued(before, { event: { lot, ground, signed } }) {
    const told = say(signed, 'below_minimum')
    if (!before.close) return false
    const stated = [before.session, payloadId('close', before.close), lot, ground]
    const open = before.questioned.includes(lot) && grounds(before, lot).includes(ground)
    return open && alike([told.session, told.close, told.lot, told.ground], stated)
  },
  AbortOrdered(before, { event: { cause, signed }, by, at }) {
    const now = before.suspension
    if (!now || !ABORTABLE.includes(before.phase) || before.abortOrdered) return false
    if (!signed) return cause === 'suspended_too_long' && stoppedTooLong(before, now, by, at)
    return cause === 'supervisor_decided' && at >= supervisorFrom(before) && namesPause(before, say(signed, 'abort'))
  },
  LotAborted: (before, { event }) => abortedByOrder(before, event.cause),
  OpeningAborted: (before, { event }) => abortedByOrder(before, event.cause),
  RoleHandedOver(before, { event: { role, to, signed }, by }) {
    const told = say(signed, 'handover')
    const stated = [before.session, before.handovers + 1, role, to]
    const taken = before.members.get(to)?.role === role && by.role === role
    return taken && alike([told.session, told.number, told.role, told.to], stated)
  },
  CustodianKeysDestroyed(before, { event: { person, signed } }) {
    const { session, kids } = say(signed, 'keys_destroyed')
    return before.phase === 'ABORTED' && alike([session, kids], [before.session, kidsHeld(before, person)])
  },
}

/**
 * From when on somebody may do what waits for the host: the host at any time, its deputy and the supervisor after one
 * and two spans of waiting; null: never.
 */
function mayStandIn(opening: Opening, { person, role }: Happened['by']): number | null {
  const [since, member] = [opening.waitingSince, opening.members.get(person)]
  if (!member || since === null || role !== member.role) return null
  if (role === 'host') return opening.inOffice(person) ? since : since + opening.table().host_ms
  if (role !== 'supervisor' || !opening.inOffice(person)) return null
  const hosts = [...opening.members.values()].filter((other) => other.role === 'host').length
  return since + hosts * opening.table().host_ms
}

function stoppedTooLong(before: Opening, { since }: Suspension, { role }: Happened['by'], at: number): boolean {
  return role === 'clock' && at >= since + before.table().pauses.abort_ms
}

/** The host's suspension ends by itself. */
function endedByItself(now: Suspension, by: Happened['by'], at: number): boolean {
  return by.role === 'clock' && now.endsAt !== null && at >= now.endsAt
}

function resumedByPerson(before: Opening, signed: Signed, by: Happened['by'], at: number): boolean {
  const alone = by.role === 'supervisor' && at >= supervisorFrom(before)
  return namesPause(before, say(signed, 'resume')) && (alone || signed.certificates.length === 2)
}

/** Whether a statement is about the suspension that holds. */
function namesPause(before: Opening, told: { session: string; number: number }): boolean {
  return told.session === before.session && told.number === before.suspension?.number
}

function suspendedByServer(before: Opening, { event, by, at }: Happened<'OpeningSuspended'>): boolean {
  if (by.role !== 'clock' || event.ends_at !== null) return false
  if (event.cause === 'outage') return missedByNow(before, at) && event.since === textOf(lastSign(before) ?? at)
  return event.cause === 'custodians_absent' && custodiansLate(before, at) && event.since === textOf(at)
}

function custodiansLate(before: Opening, at: number): boolean {
  return before.phase === 'CUSTODY' && before.over(at)
}

/** Whether what is due and not done tells that the server was away. */
function missedByNow(before: Opening, at: number): boolean {
  const missed = outageAt(before)
  return missed !== null && missed <= at
}

function suspendedByPerson(before: Opening, { event, by, at }: Happened<'OpeningSuspended'>): boolean {
  const told = say(event.signed, 'suspend')
  const hosts = by.role === 'host'
  const endsAt = hosts ? at + Math.min(before.table().pauses.host_ms, before.leftMs()) : null
  const stated = alike([told.session, told.number, told.cause], [before.session, event.number, event.cause])
  const timed = event.since === textOf(at) && event.ends_at === textOrNull(endsAt)
  const persons = !['custodians_absent', 'outage'].includes(told.cause)
  return stated && timed && persons && (!hosts || before.leftMs() > 0)
}

/** When the session was last seen alive by its cosigners, or resumed after that. */
function lastSign({ cosignedAt, pauses }: Opening): number | null {
  const resumed = pauses.slice(-1).map(({ until }) => when(until))
  const signs = cosignedAt === null ? resumed : [cosignedAt, ...resumed]
  return signs.length ? Math.max(...signs) : null
}

/** When the supervisor may decide alone: resume or abort. */
function supervisorFrom(opening: Opening): number {
  return opening.suspension!.since + opening.table().pauses.supervisor_ms
}

/** When the phase's window ends if the clocks run again from `at`. */
function endsAfter(opening: Opening, at: number): number | null {
  if (opening.endsAt === null) return null
  const absent = opening.suspension?.cause === 'custodians_absent'
  return absent ? at + opening.table().windows.custody_ms : opening.endsAt + opening.stoodStill(at)
}

/** By order, or for want of bids; while suspended by order only. */
function abortedByOrder(before: Opening, cause: AbortCause): boolean {
  const late = cause === 'supervisor_decided' || cause === 'suspended_too_long'
  return late || before.suspension ? cause === before.abortOrdered : true
}

function say<K extends Kind>(signed: Signed | null, kind: K): Payload<K> {
  if (!signed) throw new Error('the entry bears no statement')
  return said(signed.statement, kind)
}
