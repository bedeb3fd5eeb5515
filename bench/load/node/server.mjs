// Socket.IO's own server: whoever connects hears everything.
import { createServer } from 'node:http'
import { createInterface } from 'node:readline'
import { Server } from 'socket.io'

const LEAF = Buffer.from(Uint8Array.from({ length: 32 }, (_, i) => i)).toString('base64url')

function frame(n) {
  const patch = { phase: 'RELEASE', ends_at: '2026-11-22T01:30:00.000Z', released: n, of: 12, notice: `${LEAF} ${LEAF.slice(0, 32)}` }
  return { session: 'KB-2026-0001', n, line: 'main', seq: n, prev: LEAF, leaf: LEAF, patch }
}

const http = createServer()
const io = new Server(http, { transports: ['websocket'], serveClient: false })
io.on('connection', (socket) => socket.join('everybody'))
http.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
  console.log(JSON.stringify({ port: http.address().port }))
})

let number = 0
createInterface({ input: process.stdin }).on('line', () => {
  number += 1
  io.to('everybody').emit('frame', frame(number))
})
