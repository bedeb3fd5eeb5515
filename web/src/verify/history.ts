import { b64, unb64 } from '../seal/bytes'
import { includes } from '../seal/tree'
import { about, entryName, MAIN, TIMELINE, type Case } from './case'
import { check, genesis, Mismatch, platformLeaf } from './chain'
import type { Happened, Type } from './events'
import { alike, idOf } from './hash'
import { when } from './instants'
import { cosignedAt, isSigned, parse } from './note'
import { Failed } from './report'
import { said, type Payload } from './statements'
import type { Shown } from './values'

/** Seconds that a cosigner's time may be from the deadline for the close to count. */
const TOLERANCE_S = 2

/** Ticks, phase changes and whatever moves the clocks are cosigned. */
const COSIGNED: readonly Type[] = [
  'OpeningScheduled',
  'TimetableSigned',
  'LobbyOpened',
  'Ticked',
  'BidsClosed',
  'OpeningHeld',
  'CountCheckOpened',
  'RosterPublished',
  'OpeningAborted',
  'ReleaseOpened',
  'WindowExtended',
  'WindowClosed',
  'OpeningSuspended',
  'OpeningResumed',
  'CustodyOpened',
  'DrawOpened',
  'ReadoutOpened',
  'ConfirmationOpened',
  'ObjectionsOpened',
  'RecordPrepared',
  'OpeningClosed',
  'LogKeyRotated',
]

/** Step 3: every entry of the main line follows the one before it, and is what its leaf commits to. */
export function chain(bundle: Case): void {
  let head = genesis(bundle.session, MAIN)
  let last = ''
  bundle.main.forEach((shown, place) => {
    const name = entryName(shown)
    if (shown.line !== MAIN || shown.seq !== place + 1) throw new Failed(name, 'wrongNumber', String(place + 1))
    head = checked(name, shown, head)
    const at = dateOf(shown) ?? last
    if (at < last) throw new Failed(name, 'datedBefore')
    last = at
    if (!bundle.whole(shown)) throw new Failed(name, 'hidden')
  })
  bundle.report.holds(3, TIMELINE, String(bundle.main.length))
}

export function dateOf({ event }: Shown): string | null {
  return typeof event?.at === 'string' ? event.at : null
}

export function checked(name: string, shown: Shown, prev: Parameters<typeof check>[1]): ReturnType<typeof check> {
  try {
    return check(shown, prev)
  } catch (error) {
    throw error instanceof Mismatch ? new Failed(name, error.why) : new Failed(name, 'otherContent')
  }
}

/**
 * Step 4: every tick and phase change is in a checkpoint that the log and a quorum of cosigners signed, and the close
 * was cosigned within two seconds of the deadline.
 */
export async function checkpoints(bundle: Case): Promise<void> {
  logKeys(bundle)
  const covered = new Map<number, readonly number[]>()
  let size = 0
  for (const happened of bundle.happened('CheckpointCosigned')) {
    const { name, times, grown } = await checkpoint(bundle, happened)
    covered.set(happened.event.covers, times)
    if (grown < size) throw new Failed(name, 'logHasShrunk')
    size = grown
  }
  for (const shown of bundle.main) {
    const type = bundle.whole(shown)?.event.type
    if (type && COSIGNED.includes(type) && !covered.has(shown.seq)) throw new Failed(entryName(shown), 'notCovered')
  }
  bundle.report.holds(4, 'checkpoints', String(covered.size))
  closeInTime(bundle, covered)
}

/** Every change of the log's key by which the bundle's later signatures are judged is in the timeline, in order. */
function logKeys(bundle: Case): void {
  const told = bundle.happened('LogKeyRotated')
  told.slice(0, bundle.successors.length).forEach(({ shown, event }, place) => {
    if (!alike(event.statement, bundle.successors[place])) throw new Failed(entryName(shown), 'otherSuccessor')
  })
  if (told.length !== bundle.successors.length) throw new Failed(TIMELINE, 'rotationUntold')
}

async function checkpoint(bundle: Case, { event, shown }: Happened<'CheckpointCosigned'>) {
  const [name, { covers, head, index, path }] = [entryName(shown), event]
  const entry = bundle.main[covers - 1]
  if (entry?.leaf !== head) throw new Failed(name, 'otherHead', String(covers))
  const { quorum } = bundle.vouched
  const { times, signed, size, root } = noteOf(bundle, shown, event.note)
  if (!signed || times.length < quorum) throw new Failed(name, 'signaturesLacking')
  const leaf = platformLeaf(bundle.session, covers, head)
  if (!(await includes(root, size, index, leaf, path.map(unb64)))) throw new Failed(name, 'notInTree')
  const at = when(dateOf(entry) ?? '') / 1000
  if (times.filter((time) => time >= at - TOLERANCE_S).length < quorum) throw new Failed(name, 'cosignedTooEarly')
  return { name, times, grown: size }
}

function noteOf(bundle: Case, shown: Shown, note: string) {
  try {
    const read = parse(note)
    const times = bundle.vouched.cosigners.map((key) => cosignedAt(read, key)).filter((time) => time !== null)
    return { ...read, times, signed: bundle.logKeysAt(shown).some((key) => isSigned(read, key)) }
  } catch {
    throw new Failed(entryName(shown), 'notANote')
  }
}

/** The last close, if the session did not stay held: at its timetable's deadline, just after the last tick. */
function closeInTime(bundle: Case, covered: ReadonlyMap<number, readonly number[]>): void {
  const last = bundle.happened('BidsClosed').at(-1)
  if (!last) return
  const { shown, event } = last
  const name = entryName(shown)
  const close = about(name, () => said(event.close, 'close'))
  const deadline = deadlineOf(bundle, shown, close)
  const near = (covered.get(shown.seq) ?? []).filter((time) => Math.abs(time - deadline / 1000) <= TOLERANCE_S)
  if (near.length < bundle.vouched.quorum) throw new Failed(name, 'closedLate')
  if (when(close.at) < deadline || close.at !== dateOf(shown)) throw new Failed(name, 'closedEarly')
  const ticked = bundle.happened('Ticked').some((tick) => tick.shown.seq === close.tick)
  if (close.tick !== shown.seq - 1 || !ticked) throw new Failed(name, 'closeFollowsNoTick')
  bundle.report.holds(4, name, b64(unb64(close.timetable)).slice(0, 8))
}

/** The deadline of the timetable that held, which the close must name. */
function deadlineOf(bundle: Case, shown: Shown, close: Payload<'close'>): number {
  const signed = bundle.happened('TimetableSigned').filter((other) => other.shown.seq < shown.seq)
  const statement = signed.at(-1)?.event.signed.statement
  if (!statement || idOf(statement) !== close.timetable) throw new Failed(entryName(shown), 'otherTimetable')
  return when(said(statement, 'timetable').deadline)
}
