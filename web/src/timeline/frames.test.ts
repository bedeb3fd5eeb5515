import { expect, test } from 'vitest'
import { GAP, joined, OTHER_LOG, received, REWRITTEN, type Timeline } from './frames'
import { answer, entry, frame } from './given'

interface View {
  readonly phase?: string
  readonly ends_at?: string
}

const STARTED = joined<View>(null, answer([entry(1), entry(2)], { n: 5, view: { phase: 'LOBBY', ends_at: 'T0' } }))

function held(timeline: Timeline<View> | string): Timeline<View> {
  if (typeof timeline === 'string') throw new Error(timeline)
  return timeline
}

const started = held(STARTED)

test('joining holds everything from the beginning', () => {
  expect(started.main.map(({ seq }) => seq)).toEqual([1, 2])
  expect(started.n).toBe(5)
})

test('a frame brings its entry and patches the view', () => {
  const now = held(received(started, frame(6, entry(3), { patch: { phase: 'ROSTER', ends_at: null } })))
  expect(now.main[2]).toEqual(entry(3))
  expect(now.view).toEqual({ phase: 'ROSTER' })
  expect(started.view).toEqual({ phase: 'LOBBY', ends_at: 'T0' })
})

test('a frame without an entry only changes the view', () => {
  const now = held(received(started, frame(6, null, { patch: { phase: 'ROSTER' } })))
  expect(now.main).toHaveLength(2)
  expect(now.view.phase).toBe('ROSTER')
})

test('a frame that was seen already changes nothing', () => {
  expect(received(started, frame(5, entry(2), { patch: { phase: 'CLOSED' } }))).toBe(started)
})

test('a frame of another session changes nothing', () => {
  expect(received(started, frame(6, entry(3), { session: 'other' }))).toBe(started)
})

test('a frame that comes before its forerunner is a gap', () => {
  expect(received(started, frame(7, entry(4)))).toBe(GAP)
})

test('an entry that does not follow the last one is a gap, whatever its frame is numbered', () => {
  expect(received(started, frame(6, entry(4)))).toBe(GAP)
})

test('a withheld entry keeps its place until it is revealed', () => {
  const veiled = held(received(started, frame(6, entry(3, null))))
  expect(veiled.main[2]?.event).toBeNull()
  const shown = held(received(veiled, frame(7, entry(4), { revealed: [entry(3, { type: 'BidSettled' })] })))
  expect(shown.main.map(({ event }) => event?.type)).toEqual(['E1', 'E2', 'BidSettled', 'E4'])
  expect(veiled.main[2]?.event).toBeNull()
})

test('an entry that is shown again is the same entry, or the server has rewritten it', () => {
  const veiled = held(received(started, frame(6, entry(3, null))))
  const [leaf, prev] = [{ ...entry(3), leaf: 'another' }, { ...entry(3), prev: 'another' }]
  expect(received(veiled, frame(7, entry(4), { revealed: [leaf] }))).toBe(REWRITTEN)
  expect(received(veiled, frame(7, entry(4), { revealed: [prev] }))).toBe(REWRITTEN)
  expect(joined(veiled, answer([entry(4)], { revealed: [leaf] }))).toBe(REWRITTEN)
  expect(held(joined(veiled, answer([entry(4)], { revealed: [entry(3)] }))).main).toHaveLength(4)
})

test('resuming adds what was missed, shows what has been revealed since, and takes the present view', () => {
  const veiled = held(received(started, frame(6, entry(3, null))))
  const missed = answer([entry(4), entry(5)], { n: 40, revealed: [entry(3)], view: { phase: 'CLOSED' } })
  const now = held(joined(veiled, missed))
  expect(now.main.map(({ event }) => event?.type)).toEqual(['E1', 'E2', 'E3', 'E4', 'E5'])
  expect(now.view).toEqual({ phase: 'CLOSED' })
  expect(received(now, frame(40, entry(5)))).toBe(now)
  expect(held(received(now, frame(41, entry(6)))).main).toHaveLength(6)
})

test('nothing missed is nothing added', () => {
  expect(held(joined(started, answer([], { head: 2, n: 5 }))).main).toEqual(started.main)
})

test('a restored backup is another log: what was held of it is not mixed with it', () => {
  expect(joined(started, answer([entry(3)], { epoch: 'other' }))).toBe(OTHER_LOG)
  expect(held(joined(started, answer([entry(1)], { epoch: 'other' }))).main).toHaveLength(1)
})

test('a head behind what is held, or a hole in the answer, is another log too', () => {
  expect(joined(started, answer([], { head: 1 }))).toBe(OTHER_LOG)
  expect(joined(null, answer([entry(1), entry(3)], { head: 3 }))).toBe(OTHER_LOG)
})

test('the reader’s own line and its ticks come beside the main line', () => {
  const own = (seq: number) => ({ ...entry(seq), line: 'mine' })
  const slot = { seq: 1, tick: 2, proof: { place: 0, salt: '', path: [] } }
  const mine = held(joined<View>(null, answer([entry(1)], { own_line: 'mine', own: [own(1)] })))
  const ticked = held(received(mine, frame(1, entry(2), { slots: [slot] })))
  expect(ticked.slots.get(1)).toEqual(slot)
  const grown = held(received(ticked, frame(2, own(2))))
  expect([grown.own.length, grown.main.length]).toEqual([2, 2])
  expect(received(grown, frame(3, own(4)))).toBe(GAP)
})
