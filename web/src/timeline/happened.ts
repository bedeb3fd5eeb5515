/** What an entry says, as far as this audience may read it: any field may be withheld but the type. */
export interface Happened {
  readonly type: string
  readonly at?: string
  readonly by?: { readonly person: string; readonly role: string }
  readonly [field: string]: unknown
}

/** The colour in which an entry is told. */
export type Tone = 'phase' | 'plain' | 'good' | 'bad' | 'quiet'

/** An entry in words. */
export interface Told {
  readonly text: string
  readonly tone: Tone
}

/** How a room tells its entries: in a sentence, or in a word where only its type may be known. */
export interface Tell {
  readonly sentence: (happened: Happened) => Told
  readonly word: (type: string) => string
}
