// @vitest-environment node
import { expect, test } from 'vitest'
import { examine, prove } from './checks'
import { A, at, B, C, day, LOG, OTHER_LOG, rotated, seen, T0, type Turn } from './given'
import type { Seen } from './seen'

const BEFORE_THE_END = T0 + 900_000

async function broken(of: Seen): Promise<string[]> {
  return (await examine(of)).filter(({ why }) => why).map(({ check, why }) => `${check}: ${why!}`)
}

test('when everything holds, the custody names this close and this window', async () => {
  const of = await day()
  expect(await broken(of)).toEqual([])
  expect(await prove(of)).toEqual({ close: expect.any(String) as string, window: expect.any(String) as string })
})

test.each<[string, Turn, string[]]>([
  ['cosigned too late by one of two', { closeAt: [0, 3] }, ['deadline: closedLate']],
  ['cosigned too early', { closeAt: [-3, 0] }, ['deadline: closedLate']],
  ['the close cosigned by one', { closeAt: [0] }, ['deadline: noQuorum']],
  ['the window cosigned by one', { windowCosigners: 1 }, ['quorum: noQuorum']],
  ['the window cosigned by nobody', { windowCosigners: 0 }, ['quorum: noQuorum']],
  ['a close by another timetable', { closed: { timetable: A } }, ['deadline: otherTimetable']],
  ['another close shown than logged', { roster: { tick: 2 } }, ['close: otherClose', 'window: windowOfOtherClose']],
  ['a window for another close', { window: { close: A } }, ['window: windowOfOtherClose']],
  ['a bid dropped', { released: [A] }, ['bids: notAccounted']],
  ['a bid slipped in', { released: [A, B, C] }, ['bids: notAccounted']],
  ['a lot left out', { window: { lots: [] } }, ['bids: lotLeftOut']],
  ['an extension that nobody was shown', { window: { extensions: [A] } }, ['course: otherCourse']],
  ['a pause that nobody was shown', { window: { pauses: [{ since: at(1) }] } }, ['course: otherCourse']],
  ['a window that cannot be read', { window: { lots: 7 } }, ['bids: malformed', 'clock: malformed']],
])('%s is seen', async (_, turn, expected) => {
  const of = await day(turn)
  expect(await broken(of)).toEqual(expected)
  await expect(prove(of)).rejects.toMatchObject({ why: expected[0]!.split(': ')[1] })
})

test('a bid is missing: the window must be over by this device’s own clock', async () => {
  const missing = { released: [A], missing: [B] }
  expect(await broken(await day({ ...missing, now: BEFORE_THE_END }))).toEqual(['clock: windowNotOver'])
  expect(await broken(await day(missing))).toEqual([])
  expect(await broken(await day({ now: BEFORE_THE_END }))).toEqual([])
})

test('whatever moved the end of the window counts, the latest that was shown', async () => {
  const resumed = await day({
    released: [A],
    missing: [B],
    window: { pauses: [{ since: at(10) }] },
    more: (main) => {
      main.add('OpeningSuspended', { since: at(10) })
      main.add('OpeningResumed', { ends_at: at(2000) })
    },
  })
  expect(await broken(resumed)).toEqual(['clock: windowNotOver'])
})

test('another log’s signature, unless the trusted key has handed over to it', async () => {
  const names = ['close', 'deadline', 'window', 'quorum', 'bids', 'course', 'clock'].map((name) => `${name}: notSignedByLog`)
  expect(await broken(await day({ log: OTHER_LOG }))).toEqual(names)
  expect(await broken(await day({ log: OTHER_LOG, rotations: [await rotated()] }))).toEqual([])
  const alone = await day({ log: OTHER_LOG, rotations: [await rotated([OTHER_LOG])] })
  expect(await broken(alone)).toContain('close: otherLogKey')
  expect(await broken(await day({ log: LOG, rotations: [await rotated()] }))).toEqual([])
})

test('a changed entry breaks the chain, and what is withheld counts as not shown', async () => {
  const { timeline, now } = await day()
  const changed = timeline.main.map((entry) => (entry.seq === 3 ? { ...entry, event: { ...entry.event, at: at(5) } } : entry))
  expect(await broken(seen(changed, now))).toEqual(['chain: notChained'])
  const dropped = timeline.main.filter(({ seq }) => seq !== 4)
  expect(await broken(seen(dropped, now))).toContain('chain: notChained')
  const withheld = timeline.main.map((entry) =>
    entry.event?.type === 'WindowClosed' ? { ...entry, proof: { salts: entry.proof!.salts, hidden: { more: A } } } : entry,
  )
  expect(await broken(seen(withheld, now))).toContain('window: noWindow')
})

test('before the window is closed nothing can be proven', async () => {
  const { timeline, now } = await day()
  const until = timeline.main.findIndex(({ event }) => event?.type === 'WindowClosed')
  expect(await broken(seen(timeline.main.slice(0, until), now))).toEqual(
    ['window', 'quorum', 'bids', 'course', 'clock'].map((name) => `${name}: noWindow`),
  )
})
