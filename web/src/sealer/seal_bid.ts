/** A bid sealed without a network: everything that is handed in later, and what opens it. */

import { toldOf, type Follows } from '../bidder/offers'
import { READOUT_FORM } from '../bidder/own'
import type { ReadyBid } from '../bidder/ready'
import { printed } from '../bidder/recovery_code'
import { writeRelease } from '../bidder/release_file'
import { sealHere } from '../bidder/seal_part'
import type { Progress } from '../bidder/sealing'
import type { Written } from '../bidder/submission'
import { b64, random } from '../seal/bytes'
import { state, statementId } from '../seal/statements'
import type { OfferedPart, Signed } from '../wire'
import type { Given } from './given'

/** A file to be kept. */
interface Made {
  readonly name: string
  readonly content: Blob
}

export interface SealedBid {
  readonly files: readonly Made[]
  /** For paper: one code a part. */
  readonly codes: readonly { readonly part: string; readonly bid: string; readonly code: string }[]
}

/** Seal every part; `progress` counts the bytes of all. Nobody signs here: the key that does stays with the bidder's page. */
export async function sealBid({ told, parts }: Given, written: Written, progress: Progress): Promise<SealedBid> {
  const offers: OfferedPart[] = []
  const [files, codes]: [Made[], SealedBid['codes'][number][]] = [[], []]
  let before = 0
  for (const [place, to] of parts.entries()) {
    const { submission, deal } = told.parts[place]!
    const follows: Follows = { version: told.version, submission, deal }
    const file = to.part === READOUT_FORM ? new Blob([JSON.stringify(written.form)]) : written.files[to.part]!
    const where = { policy: to.policy, lot: to.lot, part: to.part, bidder: told.bidder, version: told.version }
    const sealed = await sealHere({ file, place: where, to }, (bytes) => {
      progress(before + bytes)
    })
    before += sealed.n
    const [upload, said] = [b64(random(16)), toldOf(sealed, to, told.bidder, follows)]
    const offer = { upload, submission: await unsigned('submission', said.submission), deal: await unsigned('deal', said.deal) }
    const bid = await statementId(offer.submission.statement)
    const release = await writeRelease(bid, sealed.halves, written.passphrase)
    offers.push(offer)
    files.push({ name: `${upload}.sbe`, content: sealed.envelope }, { name: `${bid}.release`, content: new Blob([release]) })
    codes.push({ part: to.part, bid, code: await printed(sealed.halves.sB) })
  }
  const ready: ReadyBid = { lot: told.lot.lot, version: told.version, parts: offers }
  return { files: [{ name: 'bid.json', content: new Blob([JSON.stringify(ready)]) }, ...files], codes }
}

async function unsigned(kind: string, payload: object): Promise<Signed> {
  return { statement: await state(kind, payload), certificates: [] }
}
