/** The halves that open this browser's own bids, kept until the opening is over. */

import { createStore, get, set } from 'idb-keyval'
import type { Halves } from '../seal/envelope'
import { statementId } from '../seal/statements'
import { Refused } from '../timeline/refused'
import type { BidSubmitted, ReadoutForm } from '../wire'
import { readRelease } from './release_file'

/** One bid's halves, and the form as it was sealed, to compare with what is read out. */
export interface KeptBid {
  readonly bid: string
  readonly halves: Halves
  readonly form: ReadoutForm | null
}

/** Both halves of every part of a bid, by the part's name. */
export type HalvesOf = ReadonlyMap<string, Halves>

const store = () => createStore('remote-bid-halves', 'kept')

export async function keepBid(kept: KeptBid): Promise<void> {
  await set(kept.bid, kept, store())
}

export async function keptBid(bid: string): Promise<KeptBid | null> {
  return (await get<KeptBid>(bid, store())) ?? null
}

/** Those of a whole bid that this browser keeps; null if one is not here. */
export async function halvesHere({ parts }: BidSubmitted): Promise<HalvesOf | null> {
  const kept = await Promise.all(
    parts.map(async ({ part, submission }) => [part, (await keptBid(await statementId(submission)))?.halves] as const),
  )
  const found = kept.flatMap(([part, halves]) => (halves ? [[part, halves] as const] : []))
  return found.length === parts.length ? new Map(found) : null
}

/** Those of a whole bid in release files. Refused with `release_file`, or with `halves_missing` if a part has none. */
export async function halvesIn({ parts }: BidSubmitted, files: readonly string[], passphrase: string): Promise<HalvesOf> {
  const read = await Promise.all(files.map((file) => readRelease(file, passphrase)))
  const found = new Map<string, Halves>()
  for (const { part, submission } of parts) {
    const id = await statementId(submission)
    const own = read.find((one) => one.submission === id)
    if (!own) throw missing(id)
    found.set(part, own.halves)
  }
  return found
}

function missing(submission: string): Refused {
  return Refused.because(
    'halves_missing',
    `请一并选择这一版投标的全部解密文件，还缺 ${submission}.release。`,
    `Choose all release files of this version of the bid; ${submission}.release is missing.`,
  )
}
