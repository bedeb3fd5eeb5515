/**
 * A bid that was sealed elsewhere, ready to be handed in: `bid.json` {lot, version, parts}, its envelopes `NAME.sbe` beside,
 * and the release files. A part's statements bear no signature yet if no key was at hand where it was sealed.
 */

import * as v from 'valibot'
import { sign } from '../keys/identity'
import { b64, sha256 } from '../seal/bytes'
import { halvesMatch, readHead, type Halves } from '../seal/envelope'
import { said, statementId } from '../seal/statements'
import { Refused } from '../timeline/refused'
import type { OfferedPart, Signed } from '../wire'
import { keepBid } from './halves'
import { followsOf } from './offers'
import type { SealFor, Standing } from './own'
import { readRelease } from './release_file'
import type { Sealed } from './submission'

/** `bid.json`, as `remote-bid seal` writes it too. */
export interface ReadyBid {
  readonly lot: string
  readonly version: number
  readonly parts: readonly OfferedPart[]
}

/** The files that belong together, and to what they must belong. */
export interface Chosen {
  readonly files: readonly File[]
  readonly passphrase: string
  readonly lot: string
  readonly parts: readonly SealFor[]
  readonly standing: Standing
  readonly bidder: string
}

const told = v.object({
  policy: v.string(),
  bidder: v.string(),
  version: v.number(),
  prev: v.nullable(v.string()),
  header: v.string(),
  n: v.number(),
})

/** Checked and signed; Refused if anything is missing or belongs elsewhere. Halves that are among the files are kept here. */
export async function readReady(chosen: Chosen): Promise<Sealed> {
  const bid = await bidIn(chosen)
  const halves = await halvesIn(chosen)
  const offers: OfferedPart[] = []
  const envelopes: Sealed['envelopes'][number][] = []
  for (const part of bid.parts) {
    const envelope = fileNamed(chosen, `${part.upload}.sbe`)
    await requireOwn(chosen, part, envelope)
    const id = await statementId(part.submission.statement)
    const own = halves.get(id)
    if (own) await keepHalves(id, own, envelope)
    offers.push({ ...part, submission: await signedHere('submission', part.submission), deal: await signedHere('deal', part.deal) })
    envelopes.push({ name: part.upload, envelope })
  }
  return { offers, envelopes, uploaded: 0 }
}

async function bidIn({ files, lot, parts, standing }: Chosen): Promise<ReadyBid> {
  const text = await files.find(({ name }) => name.endsWith('.json'))?.text()
  const bid = parsed(text)
  if (bid.lot !== lot) throw other('标段', 'lot')
  if (bid.version !== standing.version + 1) throw other('版本', 'version')
  if (bid.parts.length !== parts.length) throw other('组成部分', 'set of parts')
  return bid
}

function parsed(text: string | undefined): ReadyBid {
  try {
    const bid = JSON.parse(text ?? '') as ReadyBid
    bid.parts.forEach(({ submission }) => v.parse(told, said(submission.statement, 'submission')))
    return bid
  } catch {
    throw Refused.because('no_bid_json', '请一并选择密封时保存的 bid.json。', 'Choose the bid.json too that was saved after sealing.')
  }
}

/** That a part is this bidder's next version under the policy of now, and the envelope is the one it tells of. */
async function requireOwn({ parts, standing, bidder }: Chosen, part: OfferedPart, envelope: File): Promise<void> {
  const { policy, version, prev, n, header, ...is } = v.parse(told, said(part.submission.statement, 'submission'))
  const to = parts.find((one) => one.policy === policy)
  if (!to) throw other('招标规则', 'policy')
  if (is.bidder !== bidder) throw other('投标人', 'bidder')
  const follows = await followsOf(to.part, standing)
  if (version !== follows.version || prev !== follows.submission) throw other('版本', 'version')
  const whole = envelope.size === n && b64(await sha256((await readHead(envelope)).raw)) === header
  if (!whole) {
    throw Refused.because('other_envelope', `密封文件 ${envelope.name} 不完整或已改变。`, `${envelope.name} is cut short or was changed.`)
  }
}

async function halvesIn({ files, passphrase }: Chosen): Promise<Map<string, Halves>> {
  const texts = await Promise.all(files.filter(({ name }) => name.endsWith('.release')).map((file) => file.text()))
  const read = await Promise.all(texts.map((text) => readRelease(text, passphrase)))
  return new Map(read.map(({ submission, halves }) => [submission, halves]))
}

async function keepHalves(bid: string, halves: Halves, envelope: File): Promise<void> {
  if (!(await halvesMatch((await readHead(envelope)).header, halves))) throw other('解密文件', 'release file')
  await keepBid({ bid, halves, form: null })
}

function fileNamed({ files }: Chosen, name: string): File {
  const found = files.find((file) => file.name === name)
  if (found) return found
  throw Refused.because('no_envelope', `还缺少密封文件 ${name}。`, `The sealed file ${name} is missing.`)
}

/** What another key has signed stays as it is. */
async function signedHere(kind: string, { statement, certificates }: Signed): Promise<Signed> {
  return certificates.length ? { statement, certificates } : sign(kind, said(statement, kind) as object)
}

function other(zh: string, en: string): Refused {
  return Refused.because(
    'sealed_for_other',
    `这份文件密封时的${zh}与现在不符，不能递交。请重新下载招标信息文件并密封。`,
    `It was sealed for another ${en}. Download the .tender file again and seal anew.`,
  )
}
