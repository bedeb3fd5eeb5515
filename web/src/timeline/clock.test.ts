import { expect, test } from 'vitest'
import { countdown, deviceAhead, estimate, left } from './clock'

test('the quickest answer decides', () => {
  const slow = { sent: 0, received: 800, server: 10_700 }
  const quick = { sent: 1000, received: 1040, server: 11_020 }
  expect(estimate([slow, quick])).toEqual({ base: 10_000, error: 20 })
  expect(estimate([quick, slow])).toEqual({ base: 10_000, error: 20 })
})

test('without an answer nothing is known', () => {
  expect(estimate([])).toBeNull()
})

test('a device within tolerance, or within what the measurement cannot tell, is not blamed', () => {
  const known = { base: 10_000, error: 20 }
  expect(deviceAhead(known, 500, 12_400)).toBe(0)
  expect(deviceAhead(known, 500, 12_600)).toBe(2100)
  expect(deviceAhead(known, 500, 8000)).toBe(-2500)
  expect(deviceAhead({ base: 10_000, error: 3000 }, 500, 12_600)).toBe(0)
})

test('what is left never goes below nothing', () => {
  const end = '2026-11-22T02:00:00.000Z'
  expect(left(end, Date.parse(end) - 1500)).toBe(1500)
  expect(left(end, Date.parse(end) + 1500)).toBe(0)
})

test.each([
  [0, '00:00'],
  [1, '00:01'],
  [59_000, '00:59'],
  [59_001, '01:00'],
  [750_000, '12:30'],
  [3_723_000, '1:02:03'],
  [90_061_000, '25:01:01'],
])('%i ms read %s', (ms, read) => {
  expect(countdown(ms)).toBe(read)
})
