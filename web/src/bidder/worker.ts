/** Seals and uploads beside the page, so that it stays alive with the largest file. Messages are in sealing.ts. */

import { b64, sha256, unb64, type Bytes } from '../seal/bytes'
import { deal } from '../seal/dealing'
import { freshHalves, seal } from '../seal/envelope'
import { refusalOf } from '../timeline/refused'
import type { Done, PartToSeal, PartToUpload, Told } from './sealing'
import { upload } from './upload'

type Asked = { readonly seal: PartToSeal } | { readonly upload: PartToUpload }

self.onmessage = ({ data }: MessageEvent<Asked>) => {
  void ('seal' in data ? sealed(data.seal) : uploaded(data.upload)).then(
    (done) => {
      tell({ done })
    },
    (thrown: unknown) => {
      tell({ refusal: refusalOf(thrown) })
    },
  )
}

function tell(told: Told): void {
  self.postMessage(told)
}

async function sealed({ file, place, to }: PartToSeal): Promise<Done> {
  const halves = freshHalves()
  // Blobs of a mebibyte each: the browser keeps them on disk if there are many.
  const pieces: Blob[] = []
  let bytes = 0
  const { ctx, header, ct, n } = await seal(file, place, halves, (piece: Bytes) => {
    pieces.push(new Blob([piece]))
    bytes += piece.length
    tell({ bytes })
  })
  const shares = await deal(ctx, halves.sT, to.k, to.publics.map(unb64))
  const escrow = to.escrow ? await deal(ctx, halves.sB, to.escrow.k, to.escrow.publics.map(unb64), 'B') : []
  const envelope = new Blob(pieces)
  return { envelope, halves, ctx: b64(ctx), header: b64(await sha256(header)), ct: b64(ct), n, shares, escrow }
}

async function uploaded({ envelope, to }: PartToUpload): Promise<Done | null> {
  await upload(envelope, to, (bytes) => {
    tell({ bytes })
  })
  return null
}
