import { b64, text, unb64 } from '../seal/bytes'
import { keyId, openWith, publicKey } from '../seal/xwing'
import { actsFor } from './acting'
import { entryName, TIMELINE, type Case } from './case'
import type { Certified } from './certificates'
import type { EventOf, Happened } from './events'
import { alike, idOf, labelled, payloadId, unb64Sized } from './hash'
import { when } from './instants'
import { commitment, ctxOf } from './remedy'
import { Failed } from './report'
import { isSignedByKey } from './rotation'
import { said, type Kind, type Payload } from './statements'
import { readoutPart, type Bid } from './held'
import { WRONG_TRIES } from './state'
import type { SealedStatement, Signed } from './values'

/** What was lodged is not the half of this bid; `code` says why. */
class BadLodging extends Error {
  constructor(readonly code: string) {
    super(code)
  }
}

/** Step 9, lodgings: what cosigners took for bidders counts if it came in time, and nothing of it was left out. */
export async function lodgings(bundle: Case): Promise<void> {
  if (!bundle.state.windowClosed) return
  await seeds(bundle)
  for (const { shown, event } of bundle.happened('KeyLodged')) await taken(bundle, entryName(shown), event)
  for (const { shown, event } of bundle.happened('LodgingFailed')) await failed(bundle, entryName(shown), event)
  for (const happened of bundle.happened('WindowClosed')) lists(bundle, happened)
}

/** Published where something was lodged, and each the one behind its policy's key. */
async function seeds({ state }: Case): Promise<void> {
  const wanted = state.lodged ? state.running() : []
  if (!alike([...state.lodgingSeeds.keys()].sort(), wanted.sort())) throw new Failed(TIMELINE, 'otherLodgingSeeds')
  for (const [id, seed] of state.lodgingSeeds) {
    const { lot, lodging_key } = state.policies.get(id)!
    if (b64(await publicKey(unb64Sized(seed, 32))) !== lodging_key) throw new Failed(`policy of lot ${lot}`, 'otherLodgingSeeds')
  }
}

async function taken(bundle: Case, name: string, event: EventOf<'KeyLodged'>): Promise<void> {
  const half = await halfOf(bundle, name, event)
  if (half !== event.s_b) throw new Failed(name, 'otherLodging', half instanceof BadLodging ? half.code : '')
}

async function failed(bundle: Case, name: string, event: EventOf<'LodgingFailed'>): Promise<void> {
  const half = await halfOf(bundle, name, event)
  if (!(half instanceof BadLodging) || half.code !== event.why) throw new Failed(name, 'lodgingDidNotFail')
}

async function halfOf(
  bundle: Case,
  name: string,
  event: EventOf<'KeyLodged'> | EventOf<'LodgingFailed'>,
): Promise<string | BadLodging> {
  const { state, session } = bundle
  const bid = state.bids.get(event.bid)
  if (bid?.bidder !== event.bidder) throw new Failed(name, 'lodgedForNone')
  const receipt = fromAny(bundle, name, event.receipt, 'lodging_receipt')
  const named = [session, event.bid, idOf(event.signed.statement)]
  const same = alike([receipt.session, receipt.submission, receipt.lodging], named)
  if (!same || !isInTime(bundle, receipt.at)) throw new Failed(name, 'otherLodgingReceipt')
  const seed = state.lodgingSeeds.get(readoutPart(bid).header.core.policy)
  if (seed === undefined) throw new Error('the seed of its lodging key is not there')
  const signer = await onlySigner(bundle, event.signed, when(receipt.at))
  if (!signer || !actsFor(state, bid, signer)) return new BadLodging('not_by_the_bidder')
  return judged(bundle, bid, event.signed, seed)
}

/** The one person who signed, by a certificate good at that time; null if there is none such. */
async function onlySigner({ vouched }: Case, signed: Signed, at: number): Promise<Certified | null> {
  try {
    const [first, ...more] = await vouched.registry.signers(signed, at)
    return first && !more.length ? first : null
  } catch {
    return null
  }
}

/** The half that its bidder lodged for this bid, or why it is none. */
async function judged(bundle: Case, bid: Bid, signed: Signed, seed: string): Promise<string | BadLodging> {
  const lodged = release(signed)
  if (!lodged) return new BadLodging('not_a_release')
  if (lodged.session !== bundle.session || lodged.close !== closeOf(bundle)) return new BadLodging('other_close')
  if (lodged.kid !== (await keyId(await publicKey(unb64(seed))))) return new BadLodging('other_key')
  return opened(bid, lodged, seed)
}

async function opened(bid: Bid, lodged: Payload<'lodged_release'>, seed: string): Promise<string | BadLodging> {
  const { header } = readoutPart(bid)
  const ctx = ctxOf(header)
  try {
    const half = await openWith(unb64(seed), unb64(lodged.sealed), labelled('sbe/1 lodging', ctx, text(lodged.kid)))
    const right = half.length === 32 && commitment(ctx, 'B', half) === header.B
    return right ? b64(half) : new BadLodging('not_committed')
  } catch {
    return new BadLodging('does_not_open')
  }
}

function release({ statement }: Signed): Payload<'lodged_release'> | null {
  try {
    return said(statement, 'lodged_release')
  } catch {
    return null
  }
}

/** Where a bid is missing or was lodged, every cosigner has told or is named as away; all that is told counts. */
function lists(bundle: Case, { shown, event }: Happened<'WindowClosed'>): void {
  const [name, window] = [entryName(shown), said(event.window_closed, 'window_closed')]
  const told = window.lodgings.map((statement) => fromAny(bundle, name, statement, 'lodging_list'))
  const names = [...told.map(({ cosigner }) => cosigner), ...window.away].sort()
  const asked = bundle.state.lodged || window.lots.some(({ missing }) => missing.length)
  const known = bundle.vouched.cosigners.map((cosigner) => cosigner.name).sort()
  if (!alike(names, known) && (asked || names.length)) throw new Failed(name, 'cosignerLeftOut')
  for (const list of told) listed(bundle, name, list)
  for (const cosigner of window.away) bundle.report.withheld(9, name, cosigner)
}

function listed(bundle: Case, name: string, list: Payload<'lodging_list'>): void {
  const same = list.session === bundle.session && list.close === closeOf(bundle)
  if (!same || isInTime(bundle, list.at)) throw new Failed(name, 'otherLodgingList', list.cosigner)
  for (const item of list.lodgings) accountedFor(bundle, name, item)
}

/** The id of the close; empty if there is none. */
function closeOf({ state }: Case): string {
  return state.close ? payloadId('close', state.close) : ''
}

/** It was released, or this lodging is evidence that it was not; more than five attempts need not be kept. */
function accountedFor(bundle: Case, name: string, item: Payload<'lodging_list'>['lodgings'][number]): void {
  const bid = bundle.state.bids.get(item.submission)
  if (!bid || !isInTime(bundle, item.at)) return
  const { release: released, failedLodgings } = bid
  if (released || failedLodgings.includes(item.lodging) || failedLodgings.length >= WRONG_TRIES) return
  throw new Failed(name, 'lodgingLeftOut', bid.bid)
}

function isInTime({ state }: Case, at: string): boolean {
  return state.releaseEndedAt !== null && when(at) < state.releaseEndedAt
}

/** What the trusted cosigner states that it names; Failed otherwise. */
function fromAny<K extends Kind & ('lodging_receipt' | 'lodging_list')>(
  bundle: Case,
  what: string,
  statement: SealedStatement,
  kind: K,
): Payload<K> {
  const told = said(statement, kind)
  const cosigner = bundle.vouched.cosigners.find(({ name }) => name === told.cosigner)
  if (!cosigner || !isSignedByKey(statement, cosigner)) throw new Failed(what, 'notByCosigner', told.cosigner)
  return told
}
