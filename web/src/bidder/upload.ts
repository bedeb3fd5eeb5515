/** Uploading by tus 1.0: in pieces with checksums; after a lost line it goes on where the server says it was. */

import { sha256 } from '../seal/bytes'
import { Refused } from '../timeline/refused'
import type { Refusal } from '../wire'

const PIECE = 4 * 2 ** 20
const VERSION = { 'Tus-Resumable': '1.0.0' }
/** Refusals after which one asks how far the upload is, and goes on. */
const PASSING = ['wrong_offset', 'wrong_checksum', 'too_slow', 'storage_away', 'failed', 'too_many_requests']
const PAUSE_MS = 1000

/** Where an upload goes, and under which name; `headers` prove who asks. */
export interface Destination {
  readonly session: string
  readonly name: string
  readonly headers: Readonly<Record<string, string>>
}

/** Put a file into the safe; over a lost line it tries again for as long as the page is open. Refused otherwise. */
export async function upload(file: Blob, to: Destination, sent: (bytes: number) => void): Promise<void> {
  for (;;) {
    try {
      let offset = await begin(file, to)
      sent(offset)
      while (offset < file.size) {
        offset = await send(file, offset, to)
        sent(offset)
      }
      return
    } catch (thrown) {
      if (thrown instanceof Refused && !PASSING.includes(thrown.refusal.code)) throw thrown
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * (0.5 + Math.random())))
    }
  }
}

/** Begin, or learn how far it is: asking again changes nothing. */
async function begin(file: Blob, to: Destination): Promise<number> {
  const told = { 'Upload-Length': String(file.size), 'Upload-Metadata': `name ${btoa(to.name)}` }
  const headers = { ...VERSION, ...to.headers, ...told }
  return offsetOf(await fetch(folder(to), { method: 'POST', headers }))
}

async function send(file: Blob, offset: number, to: Destination): Promise<number> {
  const piece = new Uint8Array(await file.slice(offset, offset + PIECE).arrayBuffer())
  const checksum = btoa(String.fromCharCode(...(await sha256(piece))))
  const told = {
    'Upload-Offset': String(offset),
    'Upload-Checksum': `sha256 ${checksum}`,
    'Content-Type': 'application/offset+octet-stream',
  }
  const headers = { ...VERSION, ...to.headers, ...told }
  return offsetOf(await fetch(`${folder(to)}/${to.name}`, { method: 'PATCH', headers, body: piece }))
}

function folder({ session }: Destination): string {
  return `/api/sessions/${encodeURIComponent(session)}/uploads`
}

async function offsetOf(answer: Response): Promise<number> {
  if (!answer.ok) throw new Refused((await answer.json()) as Refusal)
  return Number(answer.headers.get('Upload-Offset'))
}
