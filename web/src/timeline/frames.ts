import type { Frame, Joined, OwnSlot, Shown } from '../wire'
import { merged, type Json } from './patch'

const MAIN = 'main'

/** A session as this audience has seen it so far. Pure: made from a Joined, then from frame after frame. */
export interface Timeline<View> {
  readonly session: string
  readonly epoch: string
  /** The last frame applied. */
  readonly n: number
  /** The main line without a gap: entry `seq` is at `seq - 1`. */
  readonly main: readonly Shown[]
  /** The name of the reader's side line; empty for observers. */
  readonly ownLine: string
  /** The reader's side line, without a gap likewise. */
  readonly own: readonly Shown[]
  /** In which tick each own entry is, by its seq. */
  readonly slots: ReadonlyMap<number, OwnSlot>
  readonly view: View
}

/** Something is missing: join again, from behind the last entry held. */
export const GAP = 'gap'
/** What is held is not of the server's present log: join again, from the beginning. */
export const OTHER_LOG = 'other_log'
/** The server shows an older entry with another leaf than before: what was promised is not kept. */
export const REWRITTEN = 'rewritten'

/** What is held after joining, on top of what was held `before`. */
export function joined<View>(
  before: Timeline<View> | null,
  answer: Joined,
): Timeline<View> | typeof OTHER_LOG | typeof REWRITTEN {
  const resumed = answer.epoch === before?.epoch ? before : null
  const main = [...(resumed?.main ?? []), ...answer.entries]
  if (main.length !== answer.head || hasGap(main)) return OTHER_LOG
  const timeline: Timeline<View> = {
    session: answer.session,
    epoch: answer.epoch,
    n: answer.n,
    main,
    ownLine: answer.own_line,
    own: answer.own,
    slots: slotsOf(answer.slots),
    view: answer.view as View,
  }
  return reveal(timeline, answer.revealed)
}

/** What is held after one more frame: the same if it was seen already, GAP if another must come before it. */
export function received<View>(timeline: Timeline<View>, frame: Frame): Timeline<View> | typeof GAP | typeof REWRITTEN {
  if (frame.session !== timeline.session || frame.n <= timeline.n) return timeline
  if (frame.n > timeline.n + 1) return GAP
  const main = grown(timeline.main, frame, MAIN)
  const own = grown(timeline.own, frame, timeline.ownLine)
  if (hasGap(main) || hasGap(own)) return GAP
  return refreshed({ ...timeline, n: frame.n, main, own }, frame)
}

/** What a frame tells beside its entry. */
function refreshed<View>(
  timeline: Timeline<View>,
  { patch = {}, slots = [], revealed = [] }: Frame,
): Timeline<View> | typeof REWRITTEN {
  const view = merged(timeline.view as Json, patch) as View
  const all = slots.length ? slotsOf([...timeline.slots.values(), ...slots]) : timeline.slots
  return reveal({ ...timeline, view, slots: all }, revealed)
}

function grown(line: readonly Shown[], frame: Frame, name: string): readonly Shown[] {
  return frame.line && frame.line === name ? [...line, entryOf(frame)] : line
}

function slotsOf(slots: readonly OwnSlot[]): ReadonlyMap<number, OwnSlot> {
  return new Map(slots.map((slot) => [slot.seq, slot]))
}

function entryOf({ line = '', seq = 0, prev = '', leaf = '', event = null, proof = null }: Frame): Shown {
  return { line, seq, prev, leaf, event, proof }
}

/** Older entries that show more now take the place of what was shown of them: more of the same entries. */
function reveal<View>(timeline: Timeline<View>, revealed: readonly Shown[]): Timeline<View> | typeof REWRITTEN {
  if (!revealed.length) return timeline
  const main = [...timeline.main]
  for (const entry of revealed) {
    const held = entry.line === MAIN ? main[entry.seq - 1] : undefined
    if (!held) continue
    if (entry.leaf !== held.leaf || entry.prev !== held.prev) return REWRITTEN
    main[entry.seq - 1] = entry
  }
  return { ...timeline, main }
}

function hasGap(main: readonly Shown[]): boolean {
  return main.some(({ seq }, at) => seq !== at + 1)
}
