import { b64, sha256, unb64, type Bytes } from '../seal/bytes'
import { deal } from '../seal/dealing'
import { freshHalves, seal } from '../seal/envelope'
import type { PartToSeal, Progress, SealedPart } from './sealing'

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
  const shares = await deal(ctx, halves.sT, to.k, to.publics.map(unb64))
  const escrow = to.escrow ? await deal(ctx, halves.sB, to.escrow.k, to.escrow.publics.map(unb64), 'B') : []
  return { envelope: envelope.whole(), halves, ctx: b64(ctx), header: b64(await sha256(header)), ct: b64(ct), n, shares, escrow }
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
