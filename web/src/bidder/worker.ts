/** Seals and uploads beside the page, so that it stays alive with the largest file. Messages are in sealing.ts. */

import { refusalOf } from '../timeline/refused'
import { sealHere } from './seal_part'
import type { Done, PartToSeal, PartToUpload, Told } from './sealing'
import { upload } from './upload'

type Asked = { readonly seal: PartToSeal } | { readonly upload: PartToUpload }

self.onmessage = ({ data }: MessageEvent<Asked>) => {
  void ('seal' in data ? sealHere(data.seal, progress) : uploaded(data.upload)).then(
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

function progress(bytes: number): void {
  tell({ bytes })
}

async function uploaded({ envelope, to }: PartToUpload): Promise<Done> {
  await upload(envelope, to, progress)
  return null
}
