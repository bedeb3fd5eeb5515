import type zh from './words.zh'

/** Why a check does not hold: the page has a sentence for each. */
export type Why = keyof (typeof zh)['why']
