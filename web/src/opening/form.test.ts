import { expect, test } from 'vitest'
import type { FormField, ReadoutForm } from '../wire'
import { labelOf, told } from './form'

const t = (key: string, named: Record<string, unknown>) => `${key} ${String(named.n)}`
const field = (kind: FormField['kind']): FormField => ({ field: 'it', kind, zh: '它', en: 'It' })
const form = (it?: string | number | boolean): ReadoutForm => ({
  price: '1',
  currency: 'CNY',
  fields: it === undefined ? {} : { it },
})

test('a field is named in the language of the reader', () => {
  expect(labelOf(field('text'), 'zh-CN')).toBe('它')
  expect(labelOf(field('text'), 'en')).toBe('It')
})

test('what was sealed is told by its kind', () => {
  expect(told(form(90), field('days'), t)).toBe('opening.roster.days 90')
  expect(told(form('1234.5'), field('amount'), t)).toBe('¥1,234.50')
  expect(told(form('1234.5'), field('text'), t)).toBe('1234.5')
  expect(told(form(true), field('boolean'), t)).toBe('✓')
  expect(told(form(), field('text'), t)).toBe('—')
})
