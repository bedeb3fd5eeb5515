import { aboutLater, crlName, envelopeName, LINES, MANIFEST, RECORD, TIMELINE, type Case } from './case'
import type { EventOf } from './events'
import { Evidence, type Lists } from './evidence'
import { alike } from './hash'
import { judge } from './judging'
import { readoutLine } from './readout'
import { Failed } from './report'
import { contentRoot } from './settling'
import { said } from './statements'
import { readoutPart, type Bid, type Settlement } from './held'
import type { Opening } from './state'

/** Step 11: every bid, opened or failed again by arithmetic, is what the timeline says. */
export async function outcomes(bundle: Case): Promise<void> {
  membersKnown(bundle)
  if (!bundle.state.windowClosed) return
  const settled = new Map(bundle.happened('BidSettled').map(({ event }) => [event.bid, event]))
  const lists = (await Evidence.of(bundle)).whenSettled()
  const read = new Map(bundle.happened('BidReadOut').map(({ event }) => [event.bid, event]))
  for (const bid of bundle.state.bids.values()) {
    await judgedAgain(bundle, bid, lists, settled.get(bid.bid), read.get(bid.bid))
  }
  withoutAward(bundle)
}

/** Nothing lies in the bundle but what belongs in it: neither other papers nor envelopes that stay sealed. */
function membersKnown(bundle: Case): void {
  const { members, state, report } = bundle
  const envelopes = state.windowClosed ? [...state.bids.keys()].map(envelopeName) : []
  const crls = bundle.happened('CrlNotedDown').map(({ event }) => crlName(event.crl.hash))
  const known = new Set([MANIFEST, TIMELINE, LINES, ...envelopes, ...crls, ...(state.recordHash ? [RECORD] : [])])
  for (const name of [...members.keys()].sort()) if (!known.has(name)) report.fails(11, name, 'memberUnknown')
}

/** A bid that fails does not keep the others from being looked at. */
async function judgedAgain(
  bundle: Case,
  bid: Bid,
  lists: Lists,
  settled: EventOf<'BidSettled'> | undefined,
  read: EventOf<'BidReadOut'> | undefined,
): Promise<void> {
  const name = `${envelopeName(bid.bid)} (${bid.name})`
  const found = await aboutLater(name, async () => {
    await envelope(bundle, name, bid)
    const outcome = await judge(bundle.state, bid, bundle.members.get(envelopeName(bid.bid)) ?? null, lists)
    asTold(name, bid, outcome, settled)
    asReadOut(name, bundle.state, bid, read)
    return outcome
  }).catch((failure: unknown) => failure as Failed)
  if (found instanceof Failed) bundle.report.fails(11, found.what, found.why, found.detail)
  else bundle.report.holds(11, name, `${found.outcome}, ${found.cause}`)
}

function asTold(name: string, bid: Bid, found: Settlement, event: EventOf<'BidSettled'> | undefined): void {
  if (!event) throw new Failed(name, 'notSettled')
  const { outcome, cause, detail, form } = event
  if (!alike({ outcome, cause, detail, form }, found)) throw new Failed(name, 'otherOutcome', `${found.outcome}, ${found.cause}`)
  if (event.bidder !== bid.bidder || event.lot !== bid.lot) throw new Failed(name, 'settledForAnother')
}

function asReadOut(name: string, state: Opening, bid: Bid, event: EventOf<'BidReadOut'> | undefined): void {
  if (!event || !alike(event, { type: event.type, ...readoutLine(state, bid) })) throw new Failed(name, 'readOutOtherwise')
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
