import { b64, sha256, unb64, type Bytes } from '../seal/bytes'
import { deal } from '../seal/dealing'
import { freshHalves, seal, type Halves } from '../seal/envelope'
import type { Dealt, PartToSeal, Progress, SealedPart } from './sealing'

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
  const envelope = new Blob(pieces)
  return { envelope, halves, ctx: b64(ctx), header: b64(await sha256(header)), ct: b64(ct), n, ...(await dealt(ctx, halves, to)) }
}

/** The shares of s_T for the custodians, and of s_B for the escrow holders if there are any. */
export async function dealt(ctx: Bytes, halves: Halves, { k, publics, escrow }: PartToSeal['to']): Promise<Dealt> {
  return {
    shares: await deal(ctx, halves.sT, k, publics.map(unb64)),
    escrow: escrow ? await deal(ctx, halves.sB, escrow.k, escrow.publics.map(unb64), 'B') : [],
  }
}
