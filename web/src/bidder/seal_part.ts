import { b64, sha256, unb64, type Bytes } from '../seal/bytes'
import { deal } from '../seal/dealing'
import { freshHalves, seal, type Halves } from '../seal/envelope'
import type { Dealt, PartToSeal, Progress, SealedPart } from './sealing'

/** Handed over in few large blobs, as each costs a message; the browser keeps them on disk if there are many. */
const BLOB = 2 ** 23

/** Seal a part and deal its key, in this thread; segment by segment, so that a page stays alive meanwhile. */
export async function sealHere({ file, place, to }: PartToSeal, progress: Progress): Promise<SealedPart> {
  const halves = freshHalves()
  const envelope = new Growing()
  let bytes = 0
  const { ctx, header, ct, n } = await seal(file, place, halves, (piece: Bytes) => {
    envelope.add(piece)
    bytes += piece.length
    progress(bytes)
  })
  const sealed = { envelope: envelope.whole(), halves, ctx: b64(ctx), header: b64(await sha256(header)), ct: b64(ct), n }
  return { ...sealed, ...(await dealt(ctx, halves, to)) }
}

/** The shares of s_T for the custodians, and of s_B for the escrow holders if there are any. */
export async function dealt(ctx: Bytes, halves: Halves, { k, publics, escrow }: PartToSeal['to']): Promise<Dealt> {
  return {
    shares: await deal(ctx, halves.sT, k, publics.map(unb64)),
    escrow: escrow ? await deal(ctx, halves.sB, escrow.k, escrow.publics.map(unb64), 'B') : [],
  }
}

/** A file that grows piece by piece, of which little stays in this thread's memory. */
class Growing {
  private readonly blobs: Blob[] = []
  private pieces: Bytes[] = []
  private waiting = 0

  add(piece: Bytes): void {
    this.pieces.push(piece)
    this.waiting += piece.length
    if (this.waiting >= BLOB) this.handOver()
  }

  whole(): Blob {
    this.handOver()
    return new Blob(this.blobs)
  }

  private handOver(): void {
    this.blobs.push(new Blob(this.pieces))
    this.pieces = []
    this.waiting = 0
  }
}
