const SPELLING = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/** Milliseconds since 1970 of an instant in its one spelling (docs/protocol.md, section 1). */
export function when(instant: string): number {
  const at = SPELLING.test(instant) ? Date.parse(instant) : NaN
  if (Number.isNaN(at) || textOf(at) !== instant) throw new RangeError(`${instant} is not an instant`)
  return at
}

export function textOf(at: number): string {
  return new Date(at).toISOString()
}

export function textOrNull(at: number | null): string | null {
  return at === null ? null : textOf(at)
}
