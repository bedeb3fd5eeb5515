import { expect, test } from 'vitest'
import { entryOf, having } from './office'

const event = {
  type: 'CertificateRevoked',
  at: '2026-11-22T01:30:00.000Z',
  by: { person: 'clerk-1', role: 'security' },
  serial: 'ab12',
  reason: '遗失',
}

test('an entry of the audit log tells who did what when, and of long values the beginning', () => {
  const says = 'serial: ab12  reason: 遗失'
  expect(entryOf({ seq: 7, event })).toEqual({ seq: 7, type: event.type, at: event.at, by: 'clerk-1', says })
  expect(entryOf({ seq: 8, event: { ...event, reason: 'x'.repeat(500) } }).says.length).toBeLessThan(120)
  expect(entryOf({ seq: 9, event: null })).toMatchObject({ seq: 9, by: '', says: '' })
})

test('the log is searched for all the words, wherever they stand', () => {
  const entries = [entryOf({ seq: 1, event }), entryOf({ seq: 2, event: { ...event, serial: 'cd34' } })]
  expect(having(entries, 'CLERK-1 ab12').map(({ seq }) => seq)).toEqual([1])
  expect(having(entries, ' ')).toHaveLength(2)
  expect(having(entries, 'nobody')).toEqual([])
})
