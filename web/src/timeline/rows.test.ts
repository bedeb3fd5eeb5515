import { expect, test } from 'vitest'
import { joined, type Timeline } from './frames'
import { answer, entry } from './given'
import { signersOf } from './note'
import { rowsOf } from './rows'

function timeline(...events: (Record<string, unknown> | null)[]): Timeline<unknown> {
  const held = joined(null, answer(events.map((event, at) => entry(at + 1, event))))
  if (typeof held === 'string') throw new Error(held)
  return held
}

test('the newest comes first, and routine entries in a row share one', () => {
  const rows = rowsOf(
    timeline({ type: 'LobbyOpened' }, { type: 'Ticked' }, { type: 'CheckpointCosigned' }, null, { type: 'Ticked' }),
  )
  expect(rows.map(({ kind, seq }) => `${kind} ${seq}`)).toEqual(['routine 5', 'hidden 4', 'routine 2', 'entry 1'])
  expect(rows[2]).toMatchObject({ entries: [{ seq: 2 }, { seq: 3 }] })
})

test('disclosed side lines stand where they were disclosed, each by itself', () => {
  const disclosed = (line: string, seq: number, type: string) => ({ line, seq, type })
  const ticks = [
    { tick: 1, entries: [disclosed('a', 1, 'BidSubmitted'), disclosed('b', 1, 'BidSubmitted')] },
    { tick: 2, entries: [disclosed('a', 2, 'BidderCheckedIn')] },
  ]
  const [row] = rowsOf(timeline({ type: 'Disclosed', ticks }))
  const lines = row?.kind === 'lines' ? row.lines : []
  expect(lines.map((line) => line.map(({ type }) => type))).toEqual([
    ['BidSubmitted', 'BidderCheckedIn'],
    ['BidSubmitted'],
  ])
})

test('a note names the centre and its cosigners', () => {
  const note = 'log.centre\n7\ncm9vdA==\n\n— log.centre AAAA\n— witness.one BBBB\n— witness.two CCCC\n'
  expect(signersOf(note)).toEqual({ centre: 'log.centre', cosigners: ['witness.one', 'witness.two'] })
  expect(signersOf('')).toEqual({ centre: null, cosigners: [] })
})

test('weeks of ticks are one row, quickly', () => {
  const rows = rowsOf(timeline(...Array.from({ length: 20_000 }, () => ({ type: 'Ticked' }))))
  expect(rows).toHaveLength(1)
})
