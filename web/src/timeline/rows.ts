import type { Disclosed, DisclosedEntry, Shown } from '../wire'
import type { Timeline } from './frames'
import type { Happened } from './happened'

/** One person's side line, as everybody may know it: which kinds of entries it holds, not whose it is. */
export type SideLine = readonly DisclosedEntry[]

/** What the list shows at one place: an entry, a withheld one, a run of routine ones, or the disclosed side lines. */
export type Row =
  | { readonly kind: 'entry' | 'hidden'; readonly seq: number; readonly entry: Shown }
  | { readonly kind: 'routine'; readonly seq: number; readonly entries: readonly Shown[] }
  | { readonly kind: 'lines'; readonly seq: number; readonly entry: Shown; readonly lines: readonly SideLine[] }

const ROUTINE = new Set(['Ticked', 'CheckpointCosigned'])

/** The timeline as rows, the newest first; routine entries that follow each other share one row. */
export function rowsOf(timeline: Timeline<unknown>): Row[] {
  const rows: Row[] = []
  let run: Shown[] = []
  for (const entry of timeline.main) {
    if (!isRoutine(entry)) {
      run = []
      rows.push(rowOf(entry))
    } else if (run.push(entry) === 1) rows.push({ kind: 'routine', seq: entry.seq, entries: run })
  }
  return rows.reverse()
}

/** What an entry says; null while it is withheld. */
export function happened(entry: Shown): Happened | null {
  return entry.event as Happened | null
}

function isRoutine(entry: Shown): boolean {
  return ROUTINE.has(happened(entry)?.type ?? '')
}

function rowOf(entry: Shown): Row {
  const { seq } = entry
  const event = happened(entry)
  if (!event) return { kind: 'hidden', seq, entry }
  // Side lines stand where they were disclosed.
  if (event.type === 'Disclosed') return { kind: 'lines', seq, entry, lines: linesOf(event as Partial<Disclosed>) }
  return { kind: 'entry', seq, entry }
}

function linesOf({ ticks = [] }: Partial<Disclosed>): SideLine[] {
  const lines = new Map<string, DisclosedEntry[]>()
  for (const entry of ticks.flatMap(({ entries }) => entries)) {
    lines.set(entry.line, [...(lines.get(entry.line) ?? []), entry])
  }
  return [...lines.values()]
}
