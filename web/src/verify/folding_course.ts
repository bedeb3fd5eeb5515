import { enter, type Folds } from './fold'
import { idOf } from './hash'
import { textOf, when } from './instants'
import { said } from './statements'
import type { Opening } from './state'
import type { Signed } from './values'

const RESUME = 'application/vnd.sbid.resume+json'

/** The day's course: extensions, pauses, handovers, the count in question, an ordered abort. */
export const FOLDS_OF_THE_COURSE: Folds = {
  SignatureAwaited(opening, { event: { signed } }) {
    opening.awaited.set(idOf(signed.statement), signed)
  },
  RequestRefused(opening, { event: { statement } }) {
    opening.awaited.delete(statement)
  },
  WindowExtended(opening, { event: { signed, ends_at } }) {
    answered(opening, signed)
    opening.endsAt = when(ends_at)
    opening.extensions.push(idOf(signed.statement))
    opening.spentMs += said(signed.statement, 'extension').by_ms
  },
  OpeningSuspended(opening, { event: { number, cause, since, ends_at, signed }, by }) {
    answered(opening, signed)
    opening.suspension = {
      number,
      cause,
      since: when(since),
      statement: signed ? idOf(signed.statement) : '',
      endsAt: ends_at === null ? null : when(ends_at),
      hosts: by.role === 'host',
    }
  },
  SuspensionCountersigned(opening, { at }) {
    if (!opening.suspension) return
    opening.spentMs += at - opening.suspension.since
    Object.assign(opening.suspension, { endsAt: null, hosts: false })
  },
  OpeningResumed(opening, { event: { ends_at, signed }, at }) {
    const now = opening.suspension
    if (!now) return
    answered(opening, signed)
    if (opening.waitingSince !== null) opening.waitingSince += opening.stoodStill(at)
    if (now.hosts) opening.spentMs += at - now.since
    opening.suspension = null
    opening.awaited = new Map([...opening.awaited].filter(([, asked]) => asked.statement.payloadType !== RESUME))
    opening.pauses.push({ since: textOf(now.since), until: textOf(at), cause: now.cause })
    opening.endsAt = ends_at === null ? null : when(ends_at)
  },
  AbortOrdered(opening, { event: { cause, signed } }) {
    answered(opening, signed)
    opening.abortOrdered = cause
  },
  RoleHandedOver(opening, { event: { role, to, signed } }) {
    answered(opening, signed)
    opening.handed.set(role, to)
    opening.handovers += 1
  },
  CountCheckOpened(opening, happened) {
    enter(opening, 'COUNT_CHECK', happened, happened.event.ends_at)
    opening.questioned = happened.event.lots
  },
  LotContinued(opening, { event: { lot, ground, signed } }) {
    answered(opening, signed)
    opening.questioned = opening.questioned.filter((other) => other !== lot)
    opening.continued.set(lot, ground)
  },
}

/** This statement is acted upon, and awaits nobody any more. */
function answered(opening: Opening, signed: Signed | null): void {
  if (signed) opening.awaited.delete(idOf(signed.statement))
}
