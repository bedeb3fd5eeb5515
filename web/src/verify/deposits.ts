import type { Happened } from './events'
import { alike } from './hash'
import type { Bid } from './held'
import { when } from './instants'
import { said } from './statements'
import type { Opening } from './state'
import type { Deposit } from './values'

const NOT_STATED: Deposit = { status: 'not_stated', form: null, amount: null, received_at: null }

/** What is known of a bid's deposit; null where its lot asks for none. */
export function depositOf(opening: Opening, { lot, deposit }: Bid): Deposit | null {
  return opening.lot(lot)?.bid_deposit == null ? null : (deposit ?? NOT_STATED)
}

/** Noted once names are shown and before the bid is read out, as signed, after the note before it. */
export function isNotable(opening: Opening, { event, at }: Happened<'DepositNoted'>): boolean {
  const [told, bid] = [said(event.signed.statement, 'deposit_note'), opening.bids.get(event.bid)]
  if (!bid || bid.readOut || !opening.windowClosed || !depositOf(opening, bid)) return false
  const stated = alike([told.session, told.bid, told.deposit], [opening.session, event.bid, event.deposit])
  return stated && told.prev === (bid.depositNote || null) && isSound(told.deposit, at)
}

/** Whether a note made at this time says all of what has come, and nothing of what has not. */
function isSound({ status, form, amount, received_at }: Deposit, at: number): boolean {
  if (status !== 'received') return status === 'not_received' && alike([form, amount, received_at], [null, null, null])
  if (form === null || amount === null || received_at === null) return false
  return /[1-9]/.test(amount) && isPast(received_at, at)
}

function isPast(instant: string, at: number): boolean {
  try {
    return when(instant) <= at
  } catch {
    return false
  }
}
