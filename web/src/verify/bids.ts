import { b64, unb64 } from '../seal/bytes'
import { jcs } from '../seal/canonical'
import { about, entryName, TIMELINE, type Case } from './case'
import { dealt, dealtAgain } from './deals'
import type { Happened } from './events'
import { alike, byBytes, hash, idOf, leafHash, payloadId, rootOf } from './hash'
import { commitment, ctxOf } from './remedy'
import { Failed } from './report'
import { said, type Payload } from './statements'
import { releaseOf, type Bid } from './held'
import { minimum } from './state'
import { READOUT_FORM, type SealedPart, type Signed } from './values'

type LotSet = Payload<'close'>['lots'][number]
type LotWindow = Payload<'window_closed'>['lots'][number]

/** Step 9: the close counts exactly the live bids, each submitted in time; the window accounts for all. */
export function close(bundle: Case): void {
  const last = bundle.happened('BidsClosed').at(-1)
  if (!last) throw new Failed(TIMELINE, 'noDeadline')
  const name = entryName(last.shown)
  const stated = bundle.fromLog(last.shown, last.event.close, 'close')
  counts(bundle, name, stated)
  for (const happened of bundle.happened('BidSubmitted')) {
    about(entryName(happened.shown), () => {
      submitted(bundle, happened, stated)
    })
  }
  dealtAgain(bundle, stated.at)
  for (const { shown, event } of bundle.happened('RosterPublished')) {
    if (!alike(event.close, last.event.close)) throw new Failed(entryName(shown), 'otherClose')
  }
  accounted(bundle, stated)
  bundle.report.holds(9, name, String(bundle.state.bids.size))
}

/** The root over submission ids, sorted as bytes. */
function setRoot(ids: readonly string[]): string {
  return b64(rootOf(ids.map(unb64).sort(byBytes).map(leafHash)))
}

/** Each lot's set, recounted; of a lot with too few bids only that they are too few. */
function counts(bundle: Case, name: string, { lots }: Payload<'close'>): void {
  const { state } = bundle
  const declared = (state.tender?.lots ?? []).map(({ lot }) => lot)
  if (!alike(lots.map(({ lot }) => lot), declared)) throw new Failed(name, 'otherLots')
  for (const lot of lots) {
    const cause = state.aborted.get(lot.lot)
    if (cause !== undefined && cause !== 'none_opened') stopped(bundle, name, lot, cause)
    else fullyCounted(bundle, name, lot)
  }
}

/** Of a lot that came to nothing before it was opened, only how many bids it had. */
function stopped(bundle: Case, name: string, { lot, count }: LotSet, cause: string): void {
  if (count !== sealedIn(bundle, lot)) throw new Failed(name, 'otherCount', lot)
  if (cause === 'too_few_bids' && count >= minimum(bundle.state, lot)) throw new Failed(name, 'notTooFew', lot)
  bundle.report.withheld(9, `${name} lot ${lot}`, cause)
}

function fullyCounted({ state }: Case, name: string, { lot, count, root }: LotSet): void {
  if (count < minimum(state, lot) && !state.continued.has(lot)) throw new Failed(name, 'tooFew', lot)
  const bids = [...state.bids.values()].filter((bid) => bid.lot === lot)
  if (count !== bids.length || root !== setRoot(bids.flatMap(({ submissions }) => submissions))) {
    throw new Failed(name, 'otherCount', lot)
  }
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

/** What was signed belongs to this bidder, lot and version, and the deal to this envelope; every part is there. */
function submitted(bundle: Case, happened: Happened<'BidSubmitted'>, stated: Payload<'close'>): void {
  const { shown, event } = happened
  const name = entryName(shown)
  if (String(shown.event?.at) >= stated.at) throw new Failed(name, 'submittedLate')
  const readOut = event.parts.filter(({ part }) => part === READOUT_FORM).map(({ submission }) => idOf(submission))
  const wanted = (bundle.state.lot(event.lot)?.parts ?? []).map(({ part }) => part).sort()
  if (!alike([readOut, event.parts.map(({ part }) => part).sort()], [[event.bid], wanted])) {
    throw new Failed(name, 'otherParts')
  }
  for (const part of event.parts) sealedPart(bundle, happened, part)
}

function sealedPart(bundle: Case, happened: Happened<'BidSubmitted'>, part: SealedPart): void {
  const { shown, event } = happened
  const [name, { core }] = [entryName(shown), part.header]
  const [submission, deal] = [said(part.submission, 'submission'), said(part.deal, 'deal')]
  const place = [event.bidder, event.version, core.policy]
  const places = [core, submission, deal].map(({ bidder, version, policy }) => [bidder, version, policy])
  if (!places.every((other) => alike(other, place)) || core.lot !== event.lot) throw new Failed(name, 'sealedForAnother')
  if (b64(hash(jcs(part.header))) !== submission.header) throw new Failed(name, 'otherHeader')
  const policy = bundle.state.policies.get(core.policy)
  if (!policy || policy.lot !== core.lot || policy.part !== part.part) throw new Failed(name, 'sealedForNoPolicy')
  dealt(bundle, happened, part, deal)
}

function accounted(bundle: Case, stated: Payload<'close'>): void {
  for (const { shown, event } of bundle.happened('WindowClosed')) {
    const window = bundle.fromLog(shown, event.window_closed, 'window_closed')
    if (bundle.state.abortOrdered) return
    accountsForAll(bundle, entryName(shown), window, stated)
  }
  for (const { shown, event } of bundle.happened('KeyReleased')) {
    const name = entryName(shown)
    about(name, () => {
      const bid = bidNamed(bundle, event.bid)
      released(bundle, name, bid, event.bid, event.signed)
      half(name, bid, event.bid, event.s_b)
    })
  }
  for (const happened of bundle.happened('PartReleased')) {
    about(entryName(happened.shown), () => {
      partReleased(bundle, happened)
    })
  }
  attempts(bundle)
}

/** Halves that were not taken: wrong ones, and right ones under a revoked certificate. */
function attempts(bundle: Case): void {
  for (const type of ['WrongKeyTried', 'ReleaseHindered'] as const) {
    for (const { shown, event } of bundle.happened(type)) {
      const name = entryName(shown)
      about(name, () => {
        released(bundle, name, bidNamed(bundle, event.bid), event.submission, event.signed, type === 'WrongKeyTried')
      })
    }
  }
}

function accountsForAll({ state }: Case, name: string, window: Payload<'window_closed'>, stated: Payload<'close'>): void {
  const held = [...state.bids.values()].flatMap((bid) =>
    bid.submissions.map((id) => [id, releaseOf(bid, id)] as const).filter(([, release]) => release),
  )
  const told = window.lots.flatMap(({ released }) => released.map(({ submission, release }) => [submission, release] as const))
  const same = alike(Object.fromEntries(told), Object.fromEntries(held))
  if (window.close !== payloadId('close', stated) || !same) throw new Failed(name, 'otherReleases')
  for (const lot of window.lots) {
    const answered = [...lot.released.map(({ submission }) => submission), ...lot.missing, ...lot.sealed]
    const root = stated.lots.find((other) => other.lot === lot.lot)?.root
    if (setRoot(answered) !== root) throw new Failed(name, 'otherBids', lot.lot)
    if (!alike(lot.sealed, sealedOf(state, lot))) throw new Failed(name, 'otherSealed', lot.lot)
  }
  const lots = window.lots.map(({ lot }) => lot).sort()
  if (!alike(lots, state.runningLots().sort())) throw new Failed(name, 'lotLeftOut')
}

/** The submissions of parts that are not opened here. */
function sealedOf(state: Case['state'], { lot }: LotWindow): string[] {
  const bids = [...state.bids.values()].filter((bid) => bid.lot === lot)
  const here = new Set(bids.flatMap((bid) => state.openedHere(bid)))
  return bids.flatMap(({ submissions }) => submissions.filter((id) => !here.has(id)))
}

/** A half that no public bundle shows; where it is shown, it is the one that was signed for. */
function partReleased(bundle: Case, { shown, event }: Happened<'PartReleased'>): void {
  const [name, bid] = [entryName(shown), bidNamed(bundle, event.bid)]
  if (event.submission === bid.bid || !bundle.state.openedHere(bid).includes(event.submission)) {
    throw new Failed(name, 'notOpenedHere')
  }
  released(bundle, name, bid, event.submission, event.signed)
  if (event.s_b === null) bundle.report.withheld(9, name, 'PartReleased')
  else half(name, bid, event.submission, event.s_b)
}

/** For this submission and close; of a half that matches, or of a wrong one. */
function released(
  bundle: Case,
  name: string,
  bid: Bid,
  submission: string,
  { statement }: Signed,
  wrong = false,
): void {
  const release = said(statement, 'release')
  const { close: stated } = bundle.state
  const { header } = partOf(bid, submission)
  const place = stated && [bundle.session, submission, payloadId('close', stated)]
  if (!alike([release.session, release.submission, release.close], place)) throw new Failed(name, 'otherRelease')
  if (wrong && release.c === header.B) throw new Failed(name, 'rightHalfCalledWrong')
  if (!wrong && release.c !== header.B) throw new Failed(name, 'wrongHalf')
}

/** The half itself, where it is shown. */
function half(name: string, bid: Bid, submission: string, sB: string): void {
  const { header } = partOf(bid, submission)
  if (commitment(ctxOf(header), 'B', unb64(sB)) !== header.B) throw new Failed(name, 'wrongHalf')
}

function partOf({ bid, parts, submissions }: Bid, submission: string): SealedPart {
  const part = parts[submissions.indexOf(submission)]
  if (!part) throw new Error(`bid ${bid} has no submission ${submission}`)
  return part
}

function bidNamed({ state }: Case, name: string): Bid {
  const bid = state.bids.get(name)
  if (!bid) throw new Error(`there is no bid ${name}`)
  return bid
}
