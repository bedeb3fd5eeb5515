import { b64, concat, text, u32be, unb64, type Bytes } from '../seal/bytes'
import { BadDeal, recover, TooFewKeys } from '../seal/dealing'
import { entryName, TIMELINE, type Case } from './case'
import type { EventOf, Happened } from './events'
import { alike, idOf, labelled, payloadId, unb64Sized } from './hash'
import { kidsOf, listsAt, seedsFor } from './policies'
import { Failed } from './report'
import { said, type Payload } from './statements'
import { reached } from './phases'
import { DRAW, type Opening } from './state'
import type { Coefficient, DrawSeed, Role } from './values'

/** Whose seeds go into a draw, in this order. */
const SEALERS: readonly Role[] = ['tenderer', 'supervisor']

interface LotDraw {
  readonly bids: readonly string[]
  readonly envelopes: readonly DrawSeed[]
  /** Empty if all envelopes are. */
  readonly seed: string
}

/** Step 11, second half: what was drawn is what the sealed seeds give. */
export async function drawing(bundle: Case): Promise<void> {
  for (const happened of bundle.happened('DrawSealed')) sealedSeed(bundle, happened)
  const drawn = bundle.happened('CoefficientDrawn')
  const declared = declaredIn(bundle.state)
  const places = drawn.map(({ event }) => `${event.lot}\n${event.coefficient}`)
  if (!alike(places.sort(), declared.map(({ lot, name }) => `${lot}\n${name}`).sort())) {
    throw new Failed(TIMELINE, 'otherDraw')
  }
  const draws = new Map<string, LotDraw>()
  for (const { lot } of declared) draws.set(lot, draws.get(lot) ?? (await lotDraw(bundle.state, lot)))
  for (const { shown, event } of drawn) {
    drawnAgain(bundle, entryName(shown), event, draws.get(event.lot)!)
    bundle.report.holds(11, `${event.coefficient} of lot ${event.lot}`, event.value)
  }
  lotteries(bundle, draws)
}

function lotteries(bundle: Case, draws: ReadonlyMap<string, LotDraw>): void {
  for (const { shown, event } of bundle.happened('LotteryCalled')) {
    const found = draws.get(event.lot)
    const needed = found && !found.seed && alike(event.envelopes, found.envelopes)
    if (!needed) throw new Failed(entryName(shown), 'needlessLottery')
  }
}

function sealedSeed(bundle: Case, { shown, event, at }: Happened<'DrawSealed'>): void {
  const told = said(event.signed.statement, 'draw_envelope')
  if (!alike([told.session, told.lot, told.person], [bundle.session, event.lot, event.person])) {
    throw new Failed(entryName(shown), 'seedForAnother')
  }
  if (!fitsPolicy(bundle.state, told, at)) throw new Failed(entryName(shown), 'seedForOtherCustodians')
}

/** Whether it is well made, for custodians of its lot's draw who held when it was sealed. */
function fitsPolicy(opening: Opening, { lot, nonce, D, k, shares }: Payload<'draw_envelope'>, at: number): boolean {
  const found = opening.policyOf(lot, DRAW)
  try {
    for (const value of [nonce, D]) unb64Sized(value, 32)
  } catch {
    return false
  }
  if (!found) return false
  const [[id, policy], kids] = [found, shares.map(({ kid }) => kid)]
  return listsAt(opening, id, at).some((list) => alike([k, kids], [policy.k, kidsOf(list)]))
}

function openedIn(opening: Opening, lot: string) {
  return [...opening.bids.values()].filter((bid) => bid.lot === lot && bid.settlement?.outcome === 'OPENED')
}

/** What must have been drawn by the time that bids are read out. */
function declaredIn(opening: Opening): { lot: string; name: string }[] {
  if (!reached(opening.phase, 'READOUT')) return []
  const lots = (opening.tender?.lots ?? []).filter(({ lot }) => openedIn(opening, lot).length)
  return lots.flatMap(({ lot, draw }) => (draw?.coefficients ?? []).map(({ name }) => ({ lot, name })))
}

async function lotDraw(opening: Opening, lot: string): Promise<LotDraw> {
  if (!opening.close || !opening.windowClosed) throw new Error('the session is not that far')
  const bids = openedIn(opening, lot)
  const people = SEALERS.flatMap((role) => [...opening.members.values()].filter((member) => member.role === role))
  const found = await Promise.all(people.map(({ person }) => seedOf(opening, lot, person)))
  const [names, envelopes] = [bids.map(({ bid }) => bid), found.map(({ envelope }) => envelope)]
  if (envelopes.every(({ fault }) => fault)) return { bids: names, envelopes, seed: '' }
  const seed = labelled(
    'sbe/1 draw',
    unb64(payloadId('close', opening.close)),
    unb64(payloadId('window_closed', opening.windowClosed)),
    text(lot),
    concat(...bids.map(({ sB }) => unb64(sB))),
    ...found.map(({ seed: part }) => part),
  )
  return { bids: names, envelopes, seed: b64(seed) }
}

/** Somebody's seed from the published keys; one that is missing or does not open is empty, and its sealer named. */
async function seedOf(opening: Opening, lot: string, person: string): Promise<{ envelope: DrawSeed; seed: Bytes }> {
  const [statement, policy] = [opening.drawEnvelopes.get(`${lot}\n${person}`), opening.policyOf(lot, DRAW)]
  const empty = (envelope: string, fault: string) => ({ envelope: { person, envelope, fault }, seed: new Uint8Array() })
  if (!statement || !policy) return empty('', 'missing')
  const [{ session, nonce, D, k, shares }, name] = [said(statement, 'draw_envelope'), idOf(statement)]
  const ctx = labelled('sbe/1 draw core', text(session), text(lot), text(person), unb64(nonce))
  try {
    const seed = await recover(ctx, D, k, shares, seedsFor(opening, policy[0], shares), 'D')
    return seed.length === 32 ? { envelope: { person, envelope: name, fault: '' }, seed } : empty(name, 'wrong_size')
  } catch (fault) {
    if (fault instanceof BadDeal) return empty(name, fault.code)
    if (fault instanceof TooFewKeys) return empty(name, 'too_few_keys')
    throw fault
  }
}

function coefficientOf(opening: Opening, { lot, coefficient }: EventOf<'CoefficientDrawn'>): Coefficient | undefined {
  return opening.lot(lot)?.draw?.coefficients.find(({ name }) => name === coefficient)
}

function drawnAgain(bundle: Case, name: string, event: EventOf<'CoefficientDrawn'>, found: LotDraw): void {
  const coefficient = coefficientOf(bundle.state, event)
  if (!coefficient || !alike([event.envelopes, event.seed], [found.envelopes, found.seed])) {
    throw new Failed(name, 'otherSeed')
  }
  if (event.lottery) {
    drawnByHand(bundle, name, event, found)
    if (!coefficient.values.includes(event.value)) throw new Failed(name, 'undeclaredValue')
  } else if (!alike(event.bids, found.bids) || !found.seed || event.value !== drawnValue(found.seed, coefficient)) {
    throw new Failed(name, 'otherValue')
  }
}

function drawnByHand(bundle: Case, name: string, event: EventOf<'CoefficientDrawn'>, found: LotDraw): void {
  const told = said(event.lottery!.statement, 'lottery')
  const place = [told.session, told.lot, told.coefficient, told.value]
  const stated = alike(place, [bundle.session, event.lot, event.coefficient, event.value])
  if (found.seed || !stated) throw new Failed(name, 'needlessLottery')
}

/** The value that a lot's seed gives: the first word of its stream that favours none, modulo the number of values. */
function drawnValue(seed: string, { name, values }: Coefficient): string {
  const count = BigInt(values.length)
  const limit = 2n ** 64n - (2n ** 64n % count)
  for (let block = 0; ; block += 1) {
    const stream = new DataView(labelled('sbe/1 draw stream', unb64(seed), text(name), u32be(block)).buffer)
    for (let at = 0; at < 32; at += 8) {
      const word = stream.getBigUint64(at)
      if (word < limit) return values[Number(word % count)]!
    }
  }
}
