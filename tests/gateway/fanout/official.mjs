// The official client against the server at the address given: each check prints its name, and the first that fails ends it.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createRequire } from 'node:module'

const [url, web] = process.argv.slice(2)
const { io } = createRequire(web)('socket.io-client')
const opened = []

function open(place = '', options = {}) {
  const socket = io(url + place, {
    transports: ['websocket'],
    extraHeaders: { Origin: url },
    forceNew: true,
    reconnectionDelay: 20,
    reconnectionDelayMax: 50,
    ...options,
  })
  opened.push(socket)
  return socket
}

const heard = (socket, event) => once(socket, event, { signal: AbortSignal.timeout(5000) })
const connected = async (socket) => (socket.connected ? socket : (await heard(socket, 'connect'), socket))

const checks = {
  async connect() {
    const socket = await connected(open())
    assert.equal(socket.io.engine.transport.name, 'websocket')
    assert.match(socket.id, /.{10}/)
  },
  async 'acknowledgements, also to many at once'() {
    const socket = await connected(open())
    const sums = await Promise.all([...Array(50).keys()].map((n) => socket.emitWithAck('add', n, 1)))
    assert.deepEqual(sums, [...Array(50).keys()].map((n) => n + 1))
    assert.deepEqual(await socket.emitWithAck('nothing'), undefined)
  },
  async 'a server that asks back'() {
    const socket = open()
    socket.on('question', (n, answer) => answer(n * 2))
    await connected(socket)
    assert.equal(await socket.emitWithAck('ask me', 21), 42)
  },
  async 'a long answer that is kept ready for many'() {
    const socket = await connected(open())
    const text = await socket.emitWithAck('ready', 300_000)
    assert.equal(text, '界'.repeat(300_000))
    assert.equal(await socket.emitWithAck('ready', 3), '界界界')
  },
  async 'binary both ways'() {
    const socket = await connected(open())
    const sent = Buffer.from([0, 1, 2, 255])
    const [answer] = await socket.emitWithAck('echo', { inner: sent })
    assert.deepEqual(answer, { inner: sent })
    const [told] = await Promise.all([heard(socket, 'bytes'), socket.emit('send bytes')])
    assert.deepEqual(told[0], Buffer.from('raw'))
  },
  async 'namespaces over one connection'() {
    const outer = await connected(open())
    const inner = await connected(outer.io.socket('/admin'))
    assert.equal(await inner.emitWithAck('where'), '/admin')
    assert.equal(await inner.emitWithAck('ready', 2), '界界')
    inner.disconnect()
    assert.equal(await outer.emitWithAck('add', 1, 2), 3)
    await heard(outer.io.socket('/nowhere').connect(), 'connect_error')
  },
  async 'a refusal with its reason'() {
    const [error] = await heard(open('', { auth: { token: 'wrong' } }), 'connect_error')
    assert.equal(error.message, 'not_signed_in')
  },
  async 'rooms, and all but the sender'() {
    const [first, second] = [await connected(open()), await connected(open())]
    for (const socket of [first, second]) await socket.emitWithAck('enter', 'hall')
    const both = Promise.all([heard(first, 'said'), heard(second, 'said')])
    first.emit('say', 'hall', 'to all', true)
    assert.deepEqual(await both, [['to all'], ['to all']])
    first.on('said', assert.fail)
    first.emit('say', 'hall', 'to others', false)
    assert.deepEqual(await heard(second, 'said'), ['to others'])
    await first.emitWithAck('add', 0, 0)
    first.off('said')
  },
  async 'being kicked'() {
    const socket = await connected(open())
    socket.emit('kick me')
    assert.deepEqual((await heard(socket, 'disconnect'))[0], 'io server disconnect')
    assert.equal(socket.active, false)
  },
  async 'being closed'() {
    const socket = await connected(open('', { reconnection: false }))
    socket.emit('close me')
    assert.equal((await heard(socket, 'disconnect'))[0], 'transport close')
  },
  async 'coming back by itself'() {
    const socket = await connected(open())
    const before = socket.id
    socket.emit('cut me off')
    assert.match((await heard(socket, 'disconnect'))[0], /transport (close|error)/)
    await heard(socket, 'connect')
    assert.notEqual(socket.id, before)
    assert.equal(await socket.emitWithAck('add', 3, 4), 7)
  },
  async 'pings'() {
    const socket = await connected(open())
    let pings = 0
    socket.io.on('ping', () => (pings += 1))
    while (pings < 5) await heard(socket.io, 'ping')
    assert.ok(socket.connected)
  },
  async 'leaving'() {
    const socket = await connected(open())
    socket.disconnect()
    const other = await connected(open())
    while ((await other.emitWithAck('is here', socket.id)) === true) await new Promise(setImmediate)
  },
}

for (const [name, check] of Object.entries(checks)) {
  await check()
  opened.splice(0).forEach((socket) => socket.disconnect())
  console.log(name)
}
console.log('all')
