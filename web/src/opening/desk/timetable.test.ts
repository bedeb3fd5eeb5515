import { expect, test } from 'vitest'
import { fingerprints } from './policy'
import { instantOf, localOf, timesOf, USUAL_TIMES } from './timetable'

test('a moment of the centre’s day is the server’s instant, and the other way round', () => {
  expect(instantOf('2026-11-23T09:30')).toBe('2026-11-23T01:30:00.000Z')
  expect(localOf('2026-11-23T01:30:00.000Z')).toBe('2026-11-23T09:30')
  expect(instantOf('')).toBe('')
  expect(localOf('')).toBe('')
})

test('a timetable that holds is shown in minutes', () => {
  const windows = { release_ms: 1_800_000, custody_ms: 1_800_000, confirm_ms: 300_000, objection_ms: 600_000, record_ms: 600_000 }
  const rest = { ticks: {}, lobby_ticks: {}, pauses: {}, names_shown: 'window_closed' as const }
  const table = { deadline: '2026-11-23T01:30:00.000Z', windows, lobby_ms: 3_600_000, host_ms: 600_000, extension_ms: 1_800_000 }
  expect(timesOf({ ...table, ...rest })).toEqual({ deadline: table.deadline, ...USUAL_TIMES })
})

test('authorities are named by the hashes of their certificates, sorted', async () => {
  const pem = (body: string) => `-----BEGIN CERTIFICATE-----\n${btoa(body)}\n-----END CERTIFICATE-----\n`
  const found = await fingerprints([pem('b'), pem('a')])
  expect(found).toEqual([...found].sort())
  expect(found).toContain('ypeBEsobvcr6wjGzmiPcTaeG7_gUfE5yuYB3ha_uSLs')
})
