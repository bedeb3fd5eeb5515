import { entryName, type Case } from './case'
import type { Happened } from './events'
import { alike, payloadId } from './hash'
import { dealOf, escrowKids, policyOfBid } from './policies'
import { shareMatches } from './remedy'
import { Failed } from './report'
import { said } from './statements'
import type { Bid } from './held'

/** Step 10, remedies: asked for by the bidder inside the window; each share is its holder's, and the one dealt. */
export function remedies(bundle: Case): void {
  if (!bundle.state.windowClosed) return
  for (const happened of bundle.happened('RemedyRequested')) request(bundle, happened)
  for (const happened of bundle.happened('EscrowSharePublished')) share(bundle, happened)
}

function request({ state, session }: Case, { shown, event, at }: Happened<'RemedyRequested'>): void {
  const [name, told] = [entryName(shown), said(event.signed.statement, 'remedy_request')]
  const [bid, { close, releaseEndedAt: ended }] = [state.bids.get(event.bid), state]
  if (!bid || !close) throw new Failed(name, 'remedyForNone')
  const same = alike([told.session, told.submission, told.close], [session, bid.bid, payloadId('close', close)])
  if (!same || !dealOf(bid).escrow.length) throw new Failed(name, 'remedyForNone')
  if (ended === null || at >= ended) throw new Failed(name, 'remedyTooLate')
}

function share({ state, session }: Case, { shown, event }: Happened<'EscrowSharePublished'>): void {
  const [name, told] = [entryName(shown), said(event.signed.statement, 'escrow_share')]
  const [bid, window] = [state.bids.get(event.bid), state.windowClosed]
  if (!bid?.remedy || !window || bid.release) throw new Failed(name, 'remedyForNone')
  const place = [session, bid.bid, payloadId('window_closed', window)]
  if (!alike([told.session, told.submission, told.window_closed], place)) throw new Failed(name, 'otherShare')
  if (!holds(state, bid, event.person, told.kid)) throw new Failed(name, 'otherShare')
  if (!shareMatches(bid, told)) throw new Failed(name, 'otherShare')
}

/** Whether a person is an escrow holder with this key. */
function holds(state: Case['state'], bid: Bid, person: string, kid: string): boolean {
  const policy = policyOfBid(state, bid)
  return policy.escrow?.holders[escrowKids(policy).indexOf(kid)]?.person === person
}
