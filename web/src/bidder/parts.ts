/** How the pages call a part of a bid: by its usual word, else as the tender does. */

const USUAL = ['technical', 'business', 'price', 'credit'] as const

/** What of vue-i18n is needed. */
type Translate = (key: string, named: Record<string, unknown>) => string

export function partName(part: string, t: Translate): string {
  const usual = USUAL.find((known) => known === part)
  return t('bidder.part', { part: usual ? t(`bidder.parts.${usual}`, {}) : part })
}
