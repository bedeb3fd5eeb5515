import type { Happened, Type } from './events'
import { when } from './instants'
import type { Phase } from './phases'
import type { Opening } from './state'

/** How events of some kinds change the state. */
export type Folds = { readonly [K in Type]?: (opening: Opening, happened: Happened<K>) => void }

/** The opening enters its next phase; what awaited a signature belonged to the last. */
export function enter(opening: Opening, phase: Phase, { at, shown }: Happened, endsAt?: string): void {
  opening.phase = phase
  opening.phaseSince = at
  opening.waitingSince = at
  opening.awaited = new Map()
  opening.endsAt = endsAt === undefined ? null : when(endsAt)
  opening.uncosigned.set(shown.seq, at)
}
