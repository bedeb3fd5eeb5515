const SIDES = ['tenderer', 'supervisor', 'centre', 'notary'] as const

/** One of the usual sides for which custodians hold their shares; undefined if the tender names another. */
export function usualSide(side: string): (typeof SIDES)[number] | undefined {
  return SIDES.find((name) => name === side)
}

export const USUAL_SIDES = SIDES
