import { b64, type Bytes } from '../seal/bytes'
import { entryName, LINES, TIMELINE, type Case } from './case'
import { genesis, leafOf, shownRoot } from './chain'
import type { EventOf } from './events'
import { unb64Sized } from './hash'
import { checked, dateOf } from './history'
import { Failed } from './report'
import { tickRoot } from './ticks'
import type { DisclosedEntry, DisclosedTick, Shown } from './values'

/** What belongs to a lot, which it names. */
const OF_A_LOT = ['BidSubmitted', 'BidWithdrawn', 'DealtAgain', 'DrillPassed']
/** Side-line entries of bidders whose lot has too few bids. */
const WITHHELD = [...OF_A_LOT, 'ConsortiumDeclared', 'BidderCheckedIn', 'SubmissionRefused']
/** Of a session that was aborted after its bidders began to release, these too. */
const RELEASED = ['KeyReleased', 'PartReleased', 'ReleaseHindered', 'WrongKeyTried']
/** What somebody without a bid may have in its line. */
const STRANGERS = ['ConsortiumDeclared', 'BidderCheckedIn', 'SubmissionRefused']

/** Step 5: every slot of every tick is a disclosed entry or a pad; the lines have no fork and no gap. */
export function sideLines(bundle: Case): void {
  const disclosed = bundle.happened('Disclosed')
  const [first] = disclosed
  if (!first || disclosed.length !== 1) throw new Failed(TIMELINE, 'notDisclosedOnce')
  const ticks = new Map(bundle.happened('Ticked').map(({ shown, event }) => [shown.seq, event]))
  const explained = first.event.ticks
  if (explained.map(({ tick }) => tick).join() !== sorted([...ticks.keys()]).join()) {
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

interface Head {
  readonly seq: number
  readonly leaf: Bytes
}

/** The leaf of a disclosed entry, which follows the one before it and commits to its type. */
function chained(name: string, entry: DisclosedEntry, before: Head): Bytes {
  if (entry.seq !== before.seq + 1 || entry.prev !== b64(before.leaf)) throw new Failed(name, 'forkOrGap')
  const leaf = unb64Sized(entry.leaf, 32)
  const told = leafOf(before.leaf, entry.seq, shownRoot({ type: entry.type }, entry.proof))
  if (b64(told) !== entry.leaf) throw new Failed(name, 'otherType')
  return leaf
}

function inTheirLines(bundle: Case, entries: readonly DisclosedEntry[]): void {
  const left = new Map(bundle.lines.map((shown) => [placeOf(shown), shown]))
  if (left.size !== bundle.lines.length) throw new Failed(LINES, 'oneNumberTwice')
  const heads = new Map<string, Head>()
  for (const entry of entries) {
    const name = `${LINES} ${entry.line} entry ${entry.seq}`
    const before = heads.get(entry.line) ?? { seq: 0, leaf: genesis(bundle.session, entry.line) }
    heads.set(entry.line, { seq: entry.seq, leaf: chained(name, entry, before) })
    sameAsDisclosed(bundle, name, entry, left.get(placeOf(entry)), before.leaf)
    left.delete(placeOf(entry))
  }
  if (left.size) throw new Failed(LINES, 'inNoTick')
  if (bundle.lines.map(placeOf).join() !== entries.map(placeOf).join()) throw new Failed(LINES, 'otherOrder')
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

/**
 * What belongs to a lot that came to nothing may be withheld: its bids, which name it, and what those did whose every
 * bid it was; and the acts of those who never handed in a bid.
 */
function mayBeWithheld(bundle: Case, name: string, type: string, { line, event }: Shown): void {
  const handedIn = bundle.lines.some((other) => other.line === line && other.event?.type === 'BidSubmitted')
  const ofStopped = stoppedLots(bundle).has(String(event?.lot))
  const allowed = OF_A_LOT.includes(type)
    ? ofStopped
    : (type === 'ConsortiumDeclared' && ofStopped) ||
      (STRANGERS.includes(type) && !handedIn) || withholdsActs(bundle, type, line)
  if (!allowed) throw new Failed(name, 'withheldWithoutReason', type)
  bundle.report.withheld(5, name, type)
}

function stoppedLots(bundle: Case): Set<string> {
  const causes = new Map(bundle.happened('LotAborted').map(({ event }) => [event.lot, event.cause]))
  return new Set([...causes].filter(([, cause]) => cause !== 'none_opened').map(([lot]) => lot))
}

/** Whether this is an act of somebody all of whose bids were on lots that came to nothing. */
function withholdsActs(bundle: Case, type: string, line: string): boolean {
  const kinds = bundle.happened('AbortOrdered').length ? [...WITHHELD, ...RELEASED] : WITHHELD
  const tookPart = bundle.happened('BidSubmitted').some(({ shown }) => shown.line === line)
  return stoppedLots(bundle).size > 0 && kinds.includes(type) && !tookPart
}
