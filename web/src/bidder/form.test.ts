import { describe, expect, test } from 'vitest'
import type { FormField } from '../wire'
import { faults, fieldsOf, formOf, sameForm } from './form'

const field = (kind: FormField['kind'], more: Partial<FormField> = {}): FormField => ({ field: kind, kind, zh: '它', en: 'It', ...more })
const DECLARED = [
  field('days'),
  field('text'),
  field('amount'),
  field('boolean'),
  field('choice', { choices: ['甲', '乙'] }),
  field('text', { field: 'remark', required: false }),
]
const FIELDS = fieldsOf(DECLARED)
const RIGHT = {
  price: '1200000.50',
  'fields.days': '90',
  'fields.text': '合格',
  'fields.amount': '0',
  'fields.boolean': 'false',
  'fields.choice': '乙',
}

describe('what a tender asks for', () => {
  test('is sealed as the tender declares it; what may be left out is left out', () => {
    expect(faults(FIELDS, RIGHT)).toEqual([])
    expect(formOf(FIELDS, RIGHT, 'CNY')).toEqual({
      price: '1200000.50',
      currency: 'CNY',
      fields: { days: 90, text: '合格', amount: '0', boolean: false, choice: '乙' },
    })
  })

  test.each([
    ['price', '0.00'],
    ['price', '1,000'],
    ['price', '1.005'],
    ['fields.days', '36501'],
    ['fields.days', '1.5'],
    ['fields.text', '  '],
    ['fields.text', '字'.repeat(201)],
    ['fields.text', '合\u202e格'],
    ['fields.amount', '-1'],
    ['fields.boolean', ''],
    ['fields.choice', '丙'],
    ['fields.remark', '\u200b'],
  ])('a wrong answer to %s is found: %j', (key, answer) => {
    expect(faults(FIELDS, { ...RIGHT, [key]: answer })).toEqual([key])
  })

  test('a declared field may be called price too', () => {
    const fields = fieldsOf([field('amount', { field: 'price' })])
    expect(formOf(fields, { price: '2', 'fields.price': '1' }, 'CNY')).toEqual({ price: '2', currency: 'CNY', fields: { price: '1' } })
  })
})

test('a form that was read out is compared field by field', () => {
  const sealed = formOf(FIELDS, RIGHT, 'CNY')
  expect(sameForm({ ...sealed, fields: { ...sealed.fields } }, sealed)).toBe(true)
  expect(sameForm({ ...sealed, fields: { ...sealed.fields, remark: 'x' } }, sealed)).toBe(false)
  expect(sameForm({ ...sealed, price: '1' }, sealed)).toBe(false)
  expect(sameForm(null, sealed)).toBe(false)
})
