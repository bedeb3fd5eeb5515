/** What a custodian sees for itself before it publishes anything: as the command line does, in the same order. */

import { said, statementId } from '../seal/statements'
import { alike, payloadId, setRoot } from '../verify/hash'
import { when } from '../verify/instants'
import type { Statement } from '../wire'
import { Broken, Seen } from './seen'
import type { Why } from './why'

/** Seconds that a cosigner's time may be from the deadline for the close to count. */
const TOLERANCE_S = 2

interface Close {
  readonly timetable: string
  readonly lots: readonly { readonly lot: string; readonly root: string }[]
}

interface Window {
  readonly close: string
  readonly lots: readonly {
    readonly lot: string
    readonly released: readonly { readonly submission: string }[]
    readonly missing: readonly string[]
    readonly sealed: readonly string[]
  }[]
  readonly extensions: readonly string[]
  readonly pauses: readonly { readonly since: string }[]
}

/** Broken if it does not hold. */
type Check = (seen: Seen) => Promise<void>

const CHECKS = {
  /** Every entry follows the one before it, and is what its leaf commits to. */
  chain: (seen) => {
    seen.chain()
    return Promise.resolve()
  },
  /** The close that was shown is the server's, and the one that was logged at the deadline. */
  close: async (seen) => {
    const [close] = await closeOf(seen)
    const logged = await seen.fromLog<Close>(seen.last('BidsClosed', 'noClose').event.close, 'close')
    if (!alike(logged, close)) throw new Broken('otherClose')
  },
  /** At the deadline of the timetable that holds, a quorum of cosigners signed it by their own clocks. */
  deadline: async (seen) => {
    const [close] = await closeOf(seen)
    const times = await seen.cosignedTimes(seen.last('BidsClosed', 'noClose').shown)
    const { signed } = seen.last('TimetableSigned', 'otherTimetable').event
    if ((await statementId(signed.statement)) !== close.timetable) throw new Broken('otherTimetable')
    await seen.signedByPeople(signed)
    const { deadline } = said(signed.statement, 'timetable') as { deadline: string }
    const near = times.filter((time) => Math.abs(time - when(deadline) / 1000) <= TOLERANCE_S)
    if (near.length < seen.trust.quorum) throw new Broken('closedLate', `${near.length} / ${seen.trust.quorum}`)
  },
  /** The end of the bidders' window is the server's word, and about this close. */
  window: async (seen) => {
    const [, close] = await closeOf(seen)
    const [window] = await windowOf(seen)
    if (window.close !== close) throw new Broken('windowOfOtherClose')
  },
  /** A quorum of cosigners signed that the window is closed. */
  quorum: async (seen) => {
    await seen.cosignedTimes(seen.last('WindowClosed', 'noWindow').shown)
  },
  /** Every lot of the close is accounted for, or was aborted. */
  bids: async (seen) => {
    const [[close], [window]] = await Promise.all([closeOf(seen), windowOf(seen)])
    const roots = new Map(close.lots.map(({ lot, root }) => [lot, root]))
    for (const { lot, released, missing, sealed } of window.lots) {
      const answered = [...released.map(({ submission }) => submission), ...missing, ...sealed]
      if (setRoot(answered) !== roots.get(lot)) throw new Broken('notAccounted', lot)
      roots.delete(lot)
    }
    const aborted = seen.events('LotAborted').map(({ event }) => event.lot)
    if (!alike([...roots.keys()].sort(), [...new Set(aborted)].sort())) throw new Broken('lotLeftOut')
  },
  /** The window tells of every extension and pause that was shown. */
  course: async (seen) => {
    const [{ extensions, pauses }] = await windowOf(seen)
    const shown = await Promise.all(seen.events('WindowExtended').map(({ event }) => statementId(event.signed.statement)))
    const stopped = seen.events('OpeningSuspended').map(({ event }) => event.since)
    const told = pauses.map(({ since }) => since)
    if (!alike([extensions, told], [shown, stopped.slice(0, told.length)])) throw new Broken('otherCourse')
  },
  /** All have released, or the bidders' time is over by this device's own clock: the latest end that was ever shown. */
  clock: async (seen) => {
    const [window] = await windowOf(seen)
    if (window.lots.every(({ missing }) => !missing.length)) return
    const ends = endsOf(seen)
    if (!ends.length || seen.now < Math.max(...ends)) throw new Broken('windowNotOver')
  },
} as const satisfies Record<string, Check>

export type CheckName = keyof typeof CHECKS

/** In the order in which they are shown. */
export const CHECK_NAMES = Object.keys(CHECKS) as CheckName[]

/** What came of one check. */
export interface Finding {
  readonly check: CheckName
  readonly why: Why | null
  readonly detail: string
}

/** What a custody statement names, once everything holds. */
export interface Proven {
  readonly close: string
  readonly window: string
}

/** Every check by itself: where one does not hold, the others are told all the same. */
export async function examine(seen: Seen): Promise<Finding[]> {
  return Promise.all(CHECK_NAMES.map((name) => finding(name, seen)))
}

/** The ids to publish for; Broken unless every check holds. */
export async function prove(seen: Seen): Promise<Proven> {
  const broken = (await examine(seen)).find(({ why }) => why)
  if (broken?.why) throw new Broken(broken.why, broken.detail)
  return { close: (await closeOf(seen))[1], window: (await windowOf(seen))[1] }
}

/** The bids that were not released, by the window's own statement. */
export async function missingIn(seen: Seen): Promise<string[]> {
  const [window] = await windowOf(seen)
  return window.lots.flatMap(({ missing }) => missing)
}

async function finding(check: CheckName, seen: Seen): Promise<Finding> {
  try {
    await CHECKS[check](seen)
    return { check, why: null, detail: '' }
  } catch (thrown) {
    // Whatever cannot be read does not hold.
    const { why, detail } = thrown instanceof Broken ? thrown : { why: 'malformed' as const, detail: '' }
    return { check, why, detail }
  }
}

/** The close as it was shown with the roster, and its id. */
async function closeOf(seen: Seen): Promise<[Close, string]> {
  return stated<Close>(seen, seen.last('RosterPublished', 'noClose').event.close, 'close')
}

async function windowOf(seen: Seen): Promise<[Window, string]> {
  return stated<Window>(seen, seen.last('WindowClosed', 'noWindow').event.window_closed, 'window_closed')
}

async function stated<P extends object>(seen: Seen, statement: Statement, kind: string): Promise<[P, string]> {
  const told = await seen.fromLog<P>(statement, kind)
  return [told, payloadId(kind, told)]
}

/** Whatever moved the window's end; later pauses move the end of another window. */
function endsOf(seen: Seen): number[] {
  const closed = seen.last('WindowClosed', 'noWindow').shown.seq
  const resumed = seen.events('OpeningResumed').filter(({ shown }) => shown.seq < closed)
  const ends = [...seen.events('ReleaseOpened'), ...seen.events('WindowExtended'), ...resumed]
  return ends.flatMap(({ event }) => (event.ends_at ? [when(event.ends_at)] : []))
}
