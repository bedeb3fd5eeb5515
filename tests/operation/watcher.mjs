// Official socket.io clients that watch one session, as sync.md has it: resume after the last entry, ignore what is
// known, rejoin on a gap. Started with the path of web/package.json; told what to do by one JSON line on stdin; at the
// next line it prints what each client saw, and ends.
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

const { io } = createRequire(process.argv[2])('socket.io-client')

function watch(order) {
  const seen = { leaves: {}, last: 0, doubled: 0, reordered: 0, gaps: 0, connections: 0 }
  const socket = io(order.url, {
    transports: ['websocket'],
    forceNew: true,
    extraHeaders: { Origin: order.url },
    reconnectionDelay: 100,
    reconnectionDelayMax: 1000,
    timeout: 5000,
  })
  let waiting = null
  let joined = 0 // frames up to this one are in what the join has brought
  let n = 0

  function take(entry) {
    seen.leaves[entry.seq] = entry.leaf
    seen.last = entry.seq
  }

  function onFrame(frame) {
    if (waiting !== null) waiting.push(frame)
    else if (frame.n > joined) follow(frame)
  }

  function follow(frame) {
    const entry = frame.line === 'main'
    if (frame.n === n || (entry && frame.seq === seen.last)) seen.doubled += 1
    else if (frame.n < n || (entry && frame.seq < seen.last)) seen.reordered += 1
    else if (frame.n > n + 1 || (entry && frame.seq > seen.last + 1)) {
      seen.gaps += 1
      join()
    } else {
      n = frame.n
      if (entry) take(frame)
    }
  }

  function join() {
    if (waiting !== null) return
    waiting = []
    const at = seen.connections
    const asked = { session: order.session, since: seen.last }
    socket.timeout(5000).emit('join', asked, (error, answer) => {
      if (at !== seen.connections) return
      const early = waiting ?? []
      waiting = null
      if (error !== null || !answer.ok) {
        setTimeout(() => socket.connected && at === seen.connections && join(), 200)
        return
      }
      for (const entry of answer.joined.entries) if (entry.seq === seen.last + 1) take(entry)
      joined = n = answer.joined.n
      for (const frame of early) onFrame(frame)
    })
  }

  socket.on('frame', onFrame)
  socket.on('connect', () => {
    seen.connections += 1
    waiting = null
    join()
  })
  return { socket, seen }
}

let watchers = []
for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line)
  if (order.clients) {
    watchers = Array.from({ length: order.clients }, () => watch(order))
  } else if (order.tell === 'heads') {
    console.log(JSON.stringify(watchers.map(({ seen }) => seen.last)))
  } else {
    const told = JSON.stringify(watchers.map(({ seen }) => seen))
    process.stdout.write(`${told}\n`, () => process.exit(0)) // not before a pipe has taken it all
  }
}
