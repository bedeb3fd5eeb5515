import { b64, sha256, unb64, type Bytes } from '../seal/bytes'
import { deal } from '../seal/dealing'
import { freshHalves, seal } from '../seal/envelope'
import type { PartToSeal, Progress, SealedPart } from './sealing'

/** Seal a part and deal its key, in this thread; segment by segment, so that a page stays alive meanwhile. */
export async function sealHere({ file, place, to }: PartToSeal, progress: Progress): Promise<SealedPart> {
  const halves = freshHalves()
  // Blobs of a mebibyte each: the browser keeps them on disk if there are many.
  const pieces: Blob[] = []
  let bytes = 0
  const { ctx, header, ct, n } = await seal(file, place, halves, (piece: Bytes) => {
    pieces.push(new Blob([piece]))
    bytes += piece.length
    progress(bytes)
  })
  const shares = await deal(ctx, halves.sT, to.k, to.publics.map(unb64))
  const escrow = to.escrow ? await deal(ctx, halves.sB, to.escrow.k, to.escrow.publics.map(unb64), 'B') : []
  const envelope = new Blob(pieces)
  return { envelope, halves, ctx: b64(ctx), header: b64(await sha256(header)), ct: b64(ct), n, shares, escrow }
}
