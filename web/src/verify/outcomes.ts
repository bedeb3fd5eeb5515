import { unb64, type Bytes } from '../seal/bytes'
import { readoutPart } from './bids'
import { envelopeName, TIMELINE, type Case } from './case'
import type { EventOf } from './events'
import { alike } from './hash'
import { firstSeeds } from './policies'
import { Failed } from './report'
import { contentRoot, settle } from './settling'
import { said } from './statements'
import type { Bid, Settlement } from './state'

/** Step 11: every bid, opened or failed again by arithmetic, is what the timeline says. */
export async function outcomes(bundle: Case): Promise<void> {
  if (!bundle.state.windowClosed) return
  const settled = new Map(bundle.happened('BidSettled').map(({ event }) => [event.bid, event]))
  const read = new Map(bundle.happened('BidReadOut').map(({ event }) => [event.bid, event]))
  for (const bid of bundle.state.bids.values()) {
    const name = `${envelopeName(bid.bid)} (${bid.name})`
    await envelope(bundle, name, bid)
    const found = await settledAgain(bundle, bid)
    asTold(name, bid, found, settled.get(bid.bid))
    asReadOut(name, bid, found, read.get(bid.bid))
    bundle.report.holds(11, name, `${found.outcome}, ${found.cause}`)
  }
  withoutAward(bundle)
}

function asTold(name: string, bid: Bid, found: Settlement, event: EventOf<'BidSettled'> | undefined): void {
  if (!event) throw new Failed(name, 'notSettled')
  const { outcome, cause, detail, form } = event
  if (!alike({ outcome, cause, detail, form }, found)) throw new Failed(name, 'otherOutcome', `${found.outcome}, ${found.cause}`)
  if (event.bidder !== bid.bidder || event.lot !== bid.lot) throw new Failed(name, 'settledForAnother')
}

function asReadOut(name: string, bid: Bid, found: Settlement, event: EventOf<'BidReadOut'> | undefined): void {
  const aloud = event && [event.name, event.lot, event.outcome, event.cause, event.form]
  if (!aloud || !alike(aloud, [bid.name, bid.lot, found.outcome, found.cause, found.form])) {
    throw new Failed(name, 'readOutOtherwise')
  }
}

/** The lots of which nothing was opened are exactly those that were aborted for it. */
function withoutAward({ state }: Case): void {
  const bids = [...state.bids.values()]
  const opened = new Set(bids.filter(({ settlement }) => settlement?.form).map(({ lot }) => lot))
  const none = [...new Set(bids.map(({ lot }) => lot))].filter((lot) => !opened.has(lot))
  const aborted = [...state.aborted].filter(([, cause]) => cause === 'none_opened').map(([lot]) => lot)
  if (!alike(none.sort(), aborted.sort())) throw new Failed(TIMELINE, 'otherLotsWithoutAward')
}

/** The envelope here is the one submitted, also where nobody could open it; or the platform owns to have lost it. */
async function envelope(bundle: Case, name: string, bid: Bid): Promise<void> {
  const raw = bundle.members.get(envelopeName(bid.bid))
  if (!raw) {
    bundle.report.withheld(11, name, 'envelope_lost')
    return
  }
  const { ct, n } = said(readoutPart(bid).submission, 'submission')
  const found = await contentRoot(raw)
  const isSame = found?.root === ct && found.length === n
  if (!isSame && bid.settlement?.cause !== 'envelope_lost') throw new Failed(name, 'otherEnvelope')
}

async function settledAgain({ state, members }: Case, bid: Bid): Promise<Settlement> {
  const { header, submission, deal } = readoutPart(bid)
  const raw: Bytes | undefined = members.get(envelopeName(bid.bid))
  return settle({
    header,
    submission: said(submission, 'submission'),
    deal: said(deal, 'deal'),
    sB: bid.sB ? unb64(bid.sB) : null,
    seeds: firstSeeds(state, state.policies.get(header.core.policy)!),
    envelope: raw ?? null,
  })
}
