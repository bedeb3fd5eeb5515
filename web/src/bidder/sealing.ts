/** The page's side of the worker that seals and uploads. */

import type { Share } from '../seal/dealing'
import type { Halves, Place } from '../seal/envelope'
import { Refused } from '../timeline/refused'
import type { Refusal } from '../wire'
import type { SealFor } from './own'
import type { Destination } from './upload'

/** A part to be sealed, and for whom. */
export interface PartToSeal {
  readonly file: Blob
  readonly place: Place
  readonly to: Pick<SealFor, 'k' | 'publics' | 'escrow'>
}

export interface PartToUpload {
  readonly envelope: Blob
  readonly to: Destination
}

/** Shares of s_T for the custodians, of s_B for the escrow holders. */
export interface Dealt {
  readonly shares: readonly Share[]
  readonly escrow: readonly Share[]
}

/** A sealed part: what its statements say, its two halves, the envelope itself. */
export interface SealedPart extends Dealt {
  readonly envelope: Blob
  readonly halves: Halves
  readonly ctx: string
  readonly header: string
  readonly ct: string
  readonly n: number
}

export type Done = SealedPart | null

/** What the worker tells: how many bytes are done, the end, or why not. */
export type Told = { readonly bytes: number } | { readonly done: Done } | { readonly refusal: Refusal }

export type Progress = (bytes: number) => void

export async function sealPart(part: PartToSeal, progress: Progress): Promise<SealedPart> {
  return (await work({ seal: part }, progress))!
}

export async function uploadPart(part: PartToUpload, progress: Progress): Promise<void> {
  await work({ upload: part }, progress)
}

function work(asked: object, progress: Progress): Promise<Done> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
  return new Promise<Done>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<Told>) => {
      if ('bytes' in data) progress(data.bytes)
      else if ('done' in data) resolve(data.done)
      else reject(new Refused(data.refusal))
    }
    worker.onerror = ({ message }) => {
      reject(new Error(message))
    }
    worker.postMessage(asked)
  }).finally(() => {
    worker.terminate()
  })
}
