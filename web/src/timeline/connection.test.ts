import { afterEach, expect, test } from 'vitest'
import { Follower, type SignInAgain } from './connection'
import { answer, entry, frame, GivenSocket } from './given'

const followers: Follower<unknown>[] = []
afterEach(() => {
  followers.splice(0).forEach((follower) => {
    follower.stop()
  })
})

const follow = (...answers: unknown[]) => followAs(() => Promise.resolve(false), ...answers)

async function followAs(again: SignInAgain, ...answers: unknown[]) {
  const socket = new GivenSocket()
  socket.will(...answers)
  const follower = new Follower<unknown>(socket.asSocket(), 's', again)
  followers.push(follower)
  follower.start()
  await settled()
  return { socket, follower, following: follower.following }
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 5))
const ok = (joined: unknown) => ({ ok: true, joined })
const seqs = ({ timeline }: Follower<unknown>['following']) => timeline?.main.map(({ seq }) => seq)

test('joins from the beginning and goes on with frames', async () => {
  const { socket, following } = await follow(ok(answer([entry(1)], { n: 3 })))
  expect(socket.joins).toEqual([{ session: 's', since: 0 }])
  await socket.fire('frame', frame(4, entry(2)))
  expect(following.link).toBe('live')
  expect(seqs(following)).toEqual([1, 2])
})

test('frames that overtake the answer wait for it', async () => {
  const { socket, following } = await follow(
    new Promise((resolve) => setTimeout(resolve, 20)).then(() => ok(answer([entry(1), entry(2)], { n: 2 }))),
  )
  await socket.fire('frame', frame(2, entry(2)))
  await socket.fire('frame', frame(3, entry(3)))
  expect(following.timeline).toBeNull()
  await new Promise((resolve) => setTimeout(resolve, 30))
  expect(seqs(following)).toEqual([1, 2, 3])
})

test('a gap is filled by joining again from behind what is held', async () => {
  const { socket, following } = await follow(
    ok(answer([entry(1)], { n: 1 })),
    ok(answer([entry(2), entry(3)], { n: 3 })),
  )
  await socket.fire('frame', frame(3, entry(3)))
  await settled()
  expect(socket.joins[1]).toEqual({ session: 's', since: 1 })
  expect(seqs(following)).toEqual([1, 2, 3])
})

test('while the link is down everything stays, and coming back brings what was missed', async () => {
  const { socket, following } = await follow(
    ok(answer([entry(1)], { n: 1 })),
    ok(answer([entry(2), entry(3)], { n: 0 })),
  )
  await socket.fire('disconnect')
  expect(following.link).toBe('lost')
  expect(seqs(following)).toEqual([1])
  socket.connect()
  await settled()
  expect(following).toMatchObject({ link: 'live', caughtUp: 2 })
  expect(seqs(following)).toEqual([1, 2, 3])
})

test('a restored backup is read anew from the beginning', async () => {
  const { socket, following } = await follow(
    ok(answer([entry(1), entry(2)])),
    ok(answer([], { head: 1, epoch: 'restored' })),
    ok(answer([entry(1)], { epoch: 'restored' })),
  )
  await socket.fire('disconnect')
  socket.connect()
  await settled()
  expect(socket.joins.map(({ since }) => since)).toEqual([0, 2, 0])
  expect(seqs(following)).toEqual([1])
})

test('no answer opens the socket anew', async () => {
  const { socket, following } = await follow(new Error('timeout'), ok(answer([entry(1)])))
  expect(socket.joins).toHaveLength(2)
  expect(following.link).toBe('live')
})

test('a refusal is kept with its trace', async () => {
  const { following } = await follow({ ok: false, code: 'no_such_session', zh: '无', en: 'no', trace: 'ab' })
  expect(following.refusal?.trace).toBe('ab')
  expect(following.timeline).toBeNull()
})

test('a server that rewrites what it has shown is followed no more: what was held stays, with the reason', async () => {
  const { socket, follower, following } = await follow(ok(answer([entry(1), entry(2)], { n: 1 })))
  await socket.fire('frame', frame(2, entry(3), { revealed: [{ ...entry(1), leaf: 'another' }] }))
  expect(following.refusal?.code).toBe('rewritten')
  expect(seqs(following)).toEqual([1, 2])
  expect(socket.connected).toBe(false)
  expect(await follower.handIn(command)).toMatchObject({ ok: false, code: 'rewritten' })
})

const command = { type: 'OpenRelease' } as const

test('a command goes on being handed in until it is answered', async () => {
  const done = { ok: true, entries: [] }
  const { follower } = await follow(ok(answer([entry(1)])), new Error('line lost'), done)
  expect(await follower.handIn(command)).toEqual(done)
})

test('a refusal ends it, and whom the server forgot signs in again', async () => {
  const forgotten = { ok: false, code: 'not_signed_in' }
  const refused = { ok: false, code: 'wrong_phase' }
  const entered = ok(answer([entry(1)], { own_line: 'mine' }))
  const back = ok(answer([], { head: 1, own_line: 'mine' }))
  let asked = 0
  const again = () => Promise.resolve((asked += 1) > 0)
  const { follower } = await followAs(again, entered, forgotten, back, refused)
  expect(await follower.handIn(command)).toEqual(refused)
  expect(asked).toBe(1)
})
