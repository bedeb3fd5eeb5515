import type { Segment } from '../wire'

/** So many seconds into the segment of this number. */
export interface Moment {
  readonly number: number
  readonly after: number
}

/** Everything that was recorded at this instant. */
export function heardAt(segments: readonly Segment[], at: string): Moment[] {
  return segments.flatMap(({ began, seconds }, number) => {
    const after = (Date.parse(at) - Date.parse(began)) / 1000
    return after >= 0 && after <= Number(seconds) ? [{ number, after }] : []
  })
}
