/** The bidder's drill: what the server stores of a bid opens with what its bidder has kept. */

import { readBytes } from '../keys/account'
import { b64, sha256, type Bytes } from '../seal/bytes'
import { BadEnvelope, keyed, readHead } from '../seal/envelope'
import { said } from '../seal/statements'
import { Refused } from '../timeline/refused'
import type { BidSubmitted, SealedPart } from '../wire'
import { done, type Acting } from './acts'
import type { HalvesOf } from './halves'

/** See that these halves open every part as it is stored, then say so; no half leaves the device. Refused if one does not. */
export async function drill({ session, handIn }: Acting, live: BidSubmitted, halves: HalvesOf): Promise<void> {
  for (const part of live.parts) {
    await requireOpens(part, await storedHead(session, part), halves)
  }
  await done(handIn, { type: 'PassDrill', bid: live.bid })
}

async function storedHead(session: string, { upload }: SealedPart): Promise<Bytes> {
  return readBytes(`/api/sessions/${encodeURIComponent(session)}/uploads/${encodeURIComponent(upload)}/head`)
}

/** That the beginning of a stored envelope is ours, and that it opens. */
export async function requireOpens(part: SealedPart, stored: Bytes, halves: HalvesOf): Promise<void> {
  const { header } = said(part.submission, 'submission') as { header: string }
  try {
    const head = await readHead(new Blob([stored]))
    if (b64(await sha256(head.raw)) !== header) throw otherStored()
    await keyed(head, halves.get(part.part)!)
  } catch (thrown) {
    if (!(thrown instanceof BadEnvelope)) throw thrown
    throw thrown.code === 'wrong_half' ? doesNotOpen() : otherStored()
  }
}

function doesNotOpen(): Refused {
  return Refused.because(
    'drill_failed',
    '演练没有通过：这把密钥打不开服务器保存的投标文件。请换用递交这一版时保存的解密文件；找不到的，请在截止前重新递交。',
    'The drill failed: this key does not open the stored bid. Use the file kept with this version, or submit anew before the deadline.',
  )
}

function otherStored(): Refused {
  return Refused.because(
    'other_stored',
    '服务器保存的文件与您递交的不同。请保留本页和回执，立即联系监督人员。',
    'What the server stores is not what you submitted. Keep this page and the receipt, and call the supervisor at once.',
  )
}
