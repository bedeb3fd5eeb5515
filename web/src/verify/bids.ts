import { b64, text, unb64 } from '../seal/bytes'
import { jcs } from '../seal/canonical'
import { publicKey } from '../seal/xwing'
import { entryName, TIMELINE, type Case } from './case'
import type { Happened } from './events'
import { enoughKeys } from './folding'
import { alike, hash, hashOf, idOf, labelled, payloadId, setRoot } from './hash'
import { kidsOf } from './policies'
import { Failed } from './report'
import { said, type Payload } from './statements'
import { minimum, type Bid } from './state'
import type { SealedPart } from './values'

/** Step 9: the close counts exactly the live bids, each submitted in time; the window accounts for all. */
export async function close(bundle: Case): Promise<void> {
  const last = bundle.happened('BidsClosed').at(-1)
  if (!last) throw new Failed(TIMELINE, 'noDeadline')
  const name = entryName(last.shown)
  const stated = await bundle.fromLog(name, last.event.close, 'close')
  for (const lot of stated.lots) counts(bundle, name, lot)
  for (const happened of bundle.happened('BidSubmitted')) submitted(bundle, happened, stated)
  for (const happened of bundle.happened('BidWithdrawn')) withdrawn(bundle, happened)
  for (const { shown, event } of bundle.happened('RosterPublished')) {
    if (!alike(event.close, last.event.close)) throw new Failed(entryName(shown), 'otherClose')
  }
  await accounted(bundle, stated)
  bundle.report.holds(9, name, String(bundle.state.bids.size))
}

/** A lot's set, recounted; of a lot with too few bids only that they are too few. */
function counts(bundle: Case, name: string, lot: Payload<'close'>['lots'][number]): void {
  const { state, report } = bundle
  const cause = state.aborted.get(lot.lot)
  const place = `${name} lot ${lot.lot}`
  if (cause === 'too_few_bids') {
    if (lot.count >= minimum(state, lot.lot) || lot.count !== sealedIn(bundle, lot.lot)) {
      throw new Failed(name, 'notTooFew', lot.lot)
    }
    report.withheld(9, place, cause)
  } else if (cause !== undefined && cause !== 'none_opened') {
    if (lot.count !== sealedIn(bundle, lot.lot)) throw new Failed(name, 'otherCount', lot.lot)
    report.withheld(9, place, cause)
  } else {
    fullyCounted(bundle, name, lot)
  }
}

function fullyCounted({ state }: Case, name: string, lot: Payload<'close'>['lots'][number]): void {
  if (lot.count < minimum(state, lot.lot) && !state.continued.has(lot.lot)) throw new Failed(name, 'tooFew', lot.lot)
  const bids = [...state.bids.values()].filter((bid) => bid.lot === lot.lot)
  const root = setRoot(bids.flatMap(({ parts }) => parts.map(({ submission }) => idOf(submission))))
  if (!state.lot(lot.lot) || lot.count !== bids.length || lot.root !== root) throw new Failed(name, 'otherCount', lot.lot)
}

/** How many side lines end with a live bid on a lot whose bids are not shown. */
function sealedIn({ lines }: Case, lot: string): number {
  const last = new Map<string, unknown>()
  for (const { line, event } of lines) {
    const type = event?.type
    if (event?.lot === lot && (type === 'BidSubmitted' || type === 'BidWithdrawn')) last.set(line, type)
  }
  return [...last.values()].filter((type) => type === 'BidSubmitted').length
}

function submitted(bundle: Case, { shown, event }: Happened<'BidSubmitted'>, stated: Payload<'close'>): void {
  const name = entryName(shown)
  if (String(shown.event?.at) >= stated.at || event.bid !== idOf(event.parts[0]!.submission)) {
    throw new Failed(name, 'submittedLate')
  }
  for (const part of event.parts) sealedFor(bundle, name, event, part)
}

/** What was signed belongs to this bidder, lot and version, and the deal to this envelope. */
function sealedFor(bundle: Case, name: string, bid: Happened<'BidSubmitted'>['event'], part: SealedPart): void {
  const { core } = part.header
  const [submission, deal] = [said(part.submission, 'submission'), said(part.deal, 'deal')]
  const places = [core, submission, deal].map(({ bidder, version, policy }) => [bidder, version, policy])
  const place = [bid.bidder, bid.version, core.policy]
  if (!alike([...places, core.lot], [place, place, place, bid.lot])) throw new Failed(name, 'sealedForAnother')
  const ctx = b64(labelled('sbe/1 core', jcs(core)))
  if (!alike([submission.header, deal.ctx], [hashOf(part.header), ctx])) throw new Failed(name, 'otherHeader')
  const policy = bundle.state.policies.get(core.policy)
  if (policy?.lot !== core.lot || policy.part !== part.part) throw new Failed(name, 'sealedForNoPolicy')
  const kids = deal.shares.map(({ kid }) => kid)
  if (!alike([deal.k, kids], [policy.k, kidsOf(policy)])) throw new Failed(name, 'otherCustodians')
}

/** The bidder said so itself, of a bid it had handed in on this lot. */
function withdrawn(bundle: Case, { shown, event }: Happened<'BidWithdrawn'>): void {
  const told = said(event.signed.statement, 'withdraw')
  const bids = bundle.happened('BidSubmitted').map(({ event: bid }) => bid)
  const named = bids.find(
    ({ bidder, lot, parts }) =>
      bidder === event.bidder &&
      lot === event.lot &&
      alike(parts.map(({ submission }) => idOf(submission)), told.submissions),
  )
  const place = [told.session, told.bidder, told.version]
  if (!named || !alike(place, [bundle.session, event.bidder, named.version])) {
    throw new Failed(entryName(shown), 'otherWithdrawal')
  }
}

async function accounted(bundle: Case, stated: Payload<'close'>): Promise<void> {
  for (const { shown, event } of bundle.happened('WindowClosed')) {
    const name = entryName(shown)
    const window = await bundle.fromLog(name, event.window_closed, 'window_closed')
    if (bundle.state.abortOrdered) return
    accountsForAll(bundle, name, window, stated)
  }
  for (const happened of bundle.happened('KeyReleased')) released(bundle, happened)
}

function accountsForAll(
  { state }: Case,
  name: string,
  window: Payload<'window_closed'>,
  stated: Payload<'close'>,
): void {
  const held = [...state.bids.values()].filter(({ release }) => release).map(({ bid, release }) => `${bid} ${release}`)
  const told = window.lots.flatMap(({ released }) => released.map((item) => `${item.submission} ${item.release}`))
  if (window.close !== payloadId('close', stated) || !alike([...new Set(told)].sort(), held.sort())) {
    throw new Failed(name, 'otherReleases')
  }
  for (const lot of window.lots) {
    const answered = [...lot.released.map(({ submission }) => submission), ...lot.missing]
    const root = stated.lots.find((other) => other.lot === lot.lot)?.root
    if (setRoot(answered) !== root) throw new Failed(name, 'otherBids', lot.lot)
  }
  const lots = window.lots.map(({ lot }) => lot).sort()
  if (!alike(lots, state.runningLots().sort())) throw new Failed(name, 'lotLeftOut')
}

function released(bundle: Case, { shown, event }: Happened<'KeyReleased'>): void {
  const release = said(event.signed.statement, 'release')
  const [bid, stated] = [bundle.state.bids.get(event.bid)!, bundle.state.close]
  const { core, B } = readoutPart(bid).header
  const place = stated && [bundle.session, bid.bid, payloadId('close', stated)]
  if (!alike([release.session, release.submission, release.close], place)) {
    throw new Failed(entryName(shown), 'otherRelease')
  }
  const ctx = labelled('sbe/1 core', jcs(core))
  if (b64(labelled('sbe/1 commit', ctx, text('B'), unb64(release.s_b))) !== B) {
    throw new Failed(entryName(shown), 'wrongHalf')
  }
}

/** The part that is read out: the one that names the bid. */
export function readoutPart({ bid, parts }: Bid): SealedPart {
  return parts.find(({ submission }) => idOf(submission) === bid)!
}

/** Step 10: every published key belongs to its custodian's offered key, for this close, and k of them are there. */
export async function custody(bundle: Case): Promise<void> {
  const { state } = bundle
  if (!state.close || !state.windowClosed) return
  const holders = new Map(
    [...state.policies.values()].flatMap((policy) =>
      kidsOf(policy).map((kid, place) => [kid, policy.custodians[place]!.person] as const),
    ),
  )
  const place = [bundle.session, payloadId('close', state.close), payloadId('window_closed', state.windowClosed)]
  for (const happened of bundle.happened('KeyPublished')) await published(happened, place, holders)
  for (const policy of state.runningPolicies()) {
    if (!enoughKeys(state, policy)) throw new Failed(`policy of lot ${policy.lot}`, 'fewerThanK')
  }
  bundle.report.holds(10, 'custody', String(state.keys.size))
}

async function published(
  { shown, event }: Happened<'KeyPublished'>,
  place: readonly string[],
  holders: ReadonlyMap<string, string>,
): Promise<void> {
  const [told, name] = [said(event.signed.statement, 'custody'), entryName(shown)]
  if (!alike([told.session, told.close, told.window_closed], place)) throw new Failed(name, 'keyForAnother')
  const kid = b64(hash(await publicKey(unb64(told.seed))))
  if (holders.get(told.kid) !== event.person || kid !== told.kid) throw new Failed(name, 'otherKey')
}
