const PARTS = ['readout_form', 'technical', 'business', 'price', 'credit', 'draw'] as const

/** What of vue-i18n is needed. */
type Translate = (key: string) => string

/** How the pages call a part of a lot: by its usual word, else as the tender does. `t` is that of the whole page. */
export function partName(part: string, t: Translate): string {
  const usual = PARTS.find((known) => known === part)
  return usual ? t(`opening.parts.${usual}`) : part
}
