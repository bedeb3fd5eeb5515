import type { FormField, ReadoutForm } from '../wire'
import { money } from './money'

/** What of vue-i18n is needed to say an answer. */
type Translate = (key: string, named: Record<string, unknown>, plural: number) => string

/** A field's name in the reader's language. */
export function labelOf({ zh, en }: FormField, language: string): string {
  return language.startsWith('zh') ? zh : en
}

/** What a form says in a field, as it was sealed; a dash where it says nothing. */
export function told({ currency, fields }: ReadoutForm, { field, kind }: FormField, t: Translate): string {
  const value = fields[field]
  if (typeof value === 'number') return kind === 'days' ? t('opening.roster.days', { n: value }, value) : String(value)
  if (typeof value === 'boolean') return value ? '✓' : '✗'
  if (value === undefined) return '—'
  return kind === 'amount' ? money(value, currency) : value
}
