import type zh from './words.zh'

/** What is withheld because a step before it failed. */
export const NOT_JUDGED = 'not judged'

export type Verdict = 'verified' | 'withheld' | 'failed'

/** Why something does not hold: the pages have a sentence for each. */
export type Why = keyof (typeof zh)['why']

/** One thing looked at in one step: `what` names the member, entry or bid, as the offline verifier does. */
export interface Item {
  readonly step: number
  readonly what: string
  readonly verdict: Verdict
  readonly why?: Why
  /** What was found, or what else is to be known of a failure. */
  readonly detail?: string
}

/** Something does not hold: what, and why. */
export class Failed extends Error {
  constructor(
    readonly what: string,
    readonly why: Why,
    readonly detail = '',
  ) {
    super(`${what}: ${why} ${detail}`.trim())
  }
}

/** What was found; a bundle is verified if nothing failed. */
export class Report {
  readonly items: Item[] = []
  /** Keys that vouch for the bundle, where no trust file says which must. */
  readonly fingerprints: string[] = []

  holds(step: number, what: string, detail = ''): void {
    this.items.push({ step, what, verdict: 'verified', detail })
  }

  withheld(step: number, what: string, detail = ''): void {
    this.items.push({ step, what, verdict: 'withheld', detail })
  }

  fails(step: number, what: string, why: Why, detail = ''): void {
    this.items.push({ step, what, verdict: 'failed', why, detail })
  }
}
