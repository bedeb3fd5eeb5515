/** Who signed a checkpoint, by name. */
export interface Signers {
  /** The log's own name, if its line is there. */
  readonly centre: string | null
  readonly cosigners: readonly string[]
}

/** The signature lines of a signed note. They are read, not checked: that is what `remote-bid verify` does. */
export function signersOf(note: string): Signers {
  const [body = '', signatures = ''] = note.split('\n\n')
  const origin = body.split('\n')[0]
  const names = [...signatures.matchAll(/^— (\S+) \S+$/gm)].map(([, name]) => name!)
  return { centre: names.find((name) => name === origin) ?? null, cosigners: names.filter((name) => name !== origin) }
}
