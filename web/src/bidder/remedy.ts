/** The remedy of a bidder that has lost its half: escrow holders give theirs, and nobody learns of it before the window is over. */

import { sign } from '../keys/identity'
import { said } from '../seal/statements'
import { happened } from '../timeline/rows'
import type { BidSubmitted, EscrowSharePublished, RemedyRequested } from '../wire'
import { done, type Acting } from './acts'
import { ownEntry, READOUT_FORM, type Followed } from './own'

/** Ask the escrow holders for the half of a bid's readout form. */
export async function askRemedy({ session, handIn }: Acting, { bid }: BidSubmitted, close: string): Promise<void> {
  const signed = await sign('remedy_request', { session, submission: bid, close })
  await done(handIn, { type: 'AskRemedy', signed })
}

/** Whether our half was dealt to escrow holders when the bid was sealed. */
export function mayBeRemedied({ parts }: BidSubmitted): boolean {
  const form = parts.find(({ part }) => part === READOUT_FORM)
  return !!form && (said(form.deal, 'deal') as { escrow: readonly unknown[] }).escrow.length > 0
}

/** Our request, if we made one, with its entry. */
export function remedyAsked(timeline: Followed, bid: string) {
  const shown = ownEntry(timeline, 'RemedyRequested', bid)
  return shown && { shown, asked: shown.event as unknown as RemedyRequested }
}

/** How many holders have given a share of this bid; an empty one is their word that they have none. */
export function sharesGiven({ main }: Followed, bid: string): number {
  const given = main.map(happened).filter((event) => event?.type === 'EscrowSharePublished' && event.bid === bid)
  const shares = (given as unknown as EscrowSharePublished[]).map(
    ({ signed }) => (said(signed.statement, 'escrow_share') as { share: string }).share,
  )
  return shares.filter(Boolean).length
}
