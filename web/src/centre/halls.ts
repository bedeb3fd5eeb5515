/** The centre's halls, and which session is held in which. */

import { read } from '../keys/account'
import type { OpeningView } from '../wire'
import { stageOf } from './sessions'

export interface Halls {
  readonly halls: readonly string[]
  /** Sessions that are held in a hall. */
  readonly placed: Readonly<Record<string, string>>
}

export const NO_HALLS: Halls = { halls: [], placed: {} }

export async function readHalls(): Promise<Halls> {
  return (await read('/api/halls')) as Halls
}

/** How long a hall is taken: from an hour before the deadline, for check-in, to three hours after it. */
const [BEFORE_MS, AFTER_MS] = [3_600_000, 3 * 3_600_000]

/** The sessions that find their hall taken by another one. */
export function clashes(sessions: readonly OpeningView[], { placed }: Halls): ReadonlySet<string> {
  const held = sessions.filter((view) => view.deadline && placed[view.session] && stageOf(view) !== 'over')
  const found = held.filter((one) =>
    held.some((other) => {
      const apart = Math.abs(Date.parse(one.deadline!) - Date.parse(other.deadline!))
      return one !== other && placed[one.session] === placed[other.session] && apart < BEFORE_MS + AFTER_MS
    }),
  )
  return new Set(found.map(({ session }) => session))
}
