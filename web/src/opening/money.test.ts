import { expect, test } from 'vitest'
import { below, capital, money } from './money'

test.each([
  ['12345678.9', 'CNY', '¥12,345,678.90'],
  ['12345678.90', 'CNY', '¥12,345,678.90'],
  ['999', 'CNY', '¥999.00'],
  ['1000', 'USD', 'US$1,000.00'],
  ['0.5', 'EUR', '€0.50'],
  ['1234567', 'CHF', 'CHF\u00a01,234,567.00'],
  ['90071992547409931234.01', 'CNY', '¥90,071,992,547,409,931,234.01'],
])('%s %s reads %s', (amount, currency, read) => {
  expect(money(amount, currency)).toBe(read)
})

test('an amount in another spelling is shown as it was sealed', () => {
  expect(money('1E+7', 'CNY')).toBe('¥1E+7')
})

test.each([
  ['9729', '10000', '2.71'],
  ['10000', '10000', '0.00'],
  ['10050', '10000', '-0.50'],
  ['11876543.21', '12800000.00', '7.21'],
  ['1E+7', '10000', null],
  ['1', '0', null],
])('%s against a ceiling of %s is %s per cent below', (amount, ceiling, percent) => {
  expect(below(amount, ceiling)).toBe(percent)
})

test.each([
  ['0', '零元整'],
  ['0.05', '伍分'],
  ['0.50', '伍角整'],
  ['10', '壹拾元整'],
  ['105.07', '壹佰零伍元零柒分'],
  ['1234.5', '壹仟贰佰叁拾肆元伍角整'],
  ['10001', '壹万零壹元整'],
  ['100100', '壹拾万零壹佰元整'],
  ['12345678.90', '壹仟贰佰叁拾肆万伍仟陆佰柒拾捌元玖角整'],
  ['100000000', '壹亿元整'],
  ['100000001', '壹亿零壹元整'],
  ['100010000', '壹亿零壹万元整'],
  ['200005000', '贰亿零伍仟元整'],
  ['10203040.56', '壹仟零贰拾万叁仟零肆拾元伍角陆分'],
  ['1E+7', null],
])('%s in capital is %s', (amount, written) => {
  expect(capital(amount)).toBe(written)
})
