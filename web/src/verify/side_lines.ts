import { b64, type Bytes } from '../seal/bytes'
import { entryName, LINES, TIMELINE, type Case } from './case'
import { genesis, leafOf, shownRoot } from './chain'
import type { EventOf } from './events'
import { unb64Sized } from './hash'
import { checked, dateOf } from './history'
import { Failed } from './report'
import { tickRoot } from './ticks'
import type { DisclosedEntry, DisclosedTick, Shown } from './values'

/** Side-line entries of bidders whose lot has too few bids. */
const WITHHELD = ['BidSubmitted', 'BidWithdrawn', 'BidderCheckedIn']
/** Of a session that was aborted after its bidders began to release, these too. */
const RELEASED = ['KeyReleased', 'WrongKeyTried']

/** Step 5: every slot of every tick is a disclosed entry or a pad; the lines have no fork and no gap. */
export function sideLines(bundle: Case): void {
  const disclosed = bundle.happened('Disclosed')
  const [first] = disclosed
  if (!first || disclosed.length !== 1) throw new Failed(TIMELINE, 'notDisclosedOnce')
  const ticks = new Map(bundle.happened('Ticked').map(({ shown, event }) => [shown.seq, event]))
  const explained = first.event.ticks
  if (sorted(explained.map(({ tick }) => tick)).join() !== sorted([...ticks.keys()]).join()) {
    throw new Failed(entryName(first.shown), 'tickUnexplained')
  }
  for (const tick of explained) tickHolds(tick, ticks.get(tick.tick)!)
  dates(bundle, explained)
  const entries = explained.flatMap((tick) => tick.entries)
  inTheirLines(bundle, entries)
  bundle.report.holds(5, 'side lines', `${entries.length} / ${new Set(entries.map(({ line }) => line)).size} / ${ticks.size}`)
}

/** Main line, with each side-line entry just before the tick that holds it. */
export function inOrder(bundle: Case): Shown[] {
  const held = new Map(
    bundle.happened('Disclosed').flatMap(({ event }) => event.ticks.map(({ tick, entries }) => [tick, entries])),
  )
  const side = new Map(bundle.lines.map((shown) => [placeOf(shown), shown]))
  return bundle.main.flatMap((shown) => {
    const entries = bundle.whole(shown)?.event.type === 'Ticked' ? (held.get(shown.seq) ?? []) : []
    return [...entries.map((entry) => side.get(placeOf(entry))!), shown]
  })
}

function placeOf({ line, seq }: { line: string; seq: number }): string {
  return `${seq} ${line}`
}

function sorted(numbers: readonly number[]): number[] {
  return [...numbers].sort((a, b) => a - b)
}

function tickHolds({ tick, seed, entries }: DisclosedTick, ticked: EventOf<'Ticked'>): void {
  const name = `${TIMELINE} entry ${tick}`
  if (![256, 4096].includes(ticked.slots)) throw new Failed(name, 'oddSlots')
  if (entries.length > ticked.slots) throw new Failed(name, 'slotUnexplained')
  const leaves = entries.map(({ leaf }) => unb64Sized(leaf, 32))
  const root = tickRoot(unb64Sized(seed, 32), ticked.slots, leaves)
  if (b64(root) !== ticked.root || seed !== ticked.seed) throw new Failed(name, 'slotUnexplained')
}

/** Every side-line entry is dated after the tick before it, and not after the tick that holds it. */
function dates(bundle: Case, explained: readonly DisclosedTick[]): void {
  const held = new Map(explained.flatMap(({ tick, entries }) => entries.map((entry) => [placeOf(entry), tick])))
  const ticks = sorted(explained.map(({ tick }) => tick))
  const at = (tick: number | undefined): string => (tick ? (dateOf(bundle.main[tick - 1]!) ?? '') : '')
  for (const shown of bundle.lines) {
    const [tick, dated] = [held.get(placeOf(shown)), dateOf(shown)]
    if (tick === undefined || dated === null) continue
    const before = at(ticks[ticks.indexOf(tick) - 1])
    if (dated < before || dated > at(tick)) throw new Failed(entryName(shown), 'notBetweenTicks')
  }
}

function inTheirLines(bundle: Case, entries: readonly DisclosedEntry[]): void {
  const left = new Map(bundle.lines.map((shown) => [placeOf(shown), shown]))
  if (left.size !== bundle.lines.length) throw new Failed(LINES, 'oneNumberTwice')
  const heads = new Map<string, { seq: number; leaf: Bytes }>()
  for (const entry of entries) {
    const name = `${LINES} ${entry.line} entry ${entry.seq}`
    const before = heads.get(entry.line) ?? { seq: 0, leaf: genesis(bundle.session, entry.line) }
    if (entry.seq !== before.seq + 1 || entry.prev !== b64(before.leaf)) throw new Failed(name, 'forkOrGap')
    const leaf = unb64Sized(entry.leaf, 32)
    if (b64(leafOf(before.leaf, entry.seq, shownRoot({ type: entry.type }, entry.proof))) !== entry.leaf) {
      throw new Failed(name, 'otherType')
    }
    heads.set(entry.line, { seq: entry.seq, leaf })
    sameAsDisclosed(bundle, name, entry, left.get(placeOf(entry)), before.leaf)
    left.delete(placeOf(entry))
  }
  if (left.size) throw new Failed(LINES, 'inNoTick')
}

function sameAsDisclosed(
  bundle: Case,
  name: string,
  entry: DisclosedEntry,
  shown: Shown | undefined,
  prev: Bytes,
): void {
  if (shown?.leaf !== entry.leaf) throw new Failed(name, 'notTheDisclosed')
  checked(name, shown, prev)
  if (!bundle.whole(shown)) mayBeWithheld(bundle, name, entry.type, shown)
}

/** Only what belongs to a lot with too few bids may be withheld, and must name it. */
function mayBeWithheld(bundle: Case, name: string, type: string, { event }: Shown): void {
  const ended = bundle.happened('LotAborted').filter(({ event: { cause } }) => cause !== 'none_opened')
  const stopped = ended.map(({ event: { lot } }) => lot)
  const named = !['BidSubmitted', 'BidWithdrawn'].includes(type) || stopped.includes(String(event?.lot))
  const allowed = bundle.happened('AbortOrdered').length ? [...WITHHELD, ...RELEASED] : WITHHELD
  if (!stopped.length || !named || !allowed.includes(type)) throw new Failed(name, 'withheldWithoutReason', type)
  bundle.report.withheld(5, name, type)
}
