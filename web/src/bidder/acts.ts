/** What a bidder signs, and the commands that carry it. */

import { sign } from '../keys/identity'
import { b64, random, sha256, type Bytes } from '../seal/bytes'
import { jcs } from '../seal/canonical'
import { halvesMatch } from '../seal/envelope'
import { statementId } from '../seal/statements'
import type { HandIn } from '../timeline/desk'
import { Refused } from '../timeline/refused'
import type { BidReadOut, BidSubmitted, OfferedPart, OpeningCommand, RecordPrepared, Signed } from '../wire'
import { followsOf, toldOf } from './offers'
import type { SealFor, Standing, ToRelease } from './own'
import type { SealedPart } from './sealing'

const FRESH_MS = 300_000

/** A person at the desk of a session. */
export interface Acting {
  readonly session: string
  readonly person: string
  readonly handIn: HandIn
}

/** Hand in; the types of the entries made. Refused if it was. */
export async function done(handIn: HandIn, command: OpeningCommand): Promise<readonly string[]> {
  const answer = await handIn(command)
  if (!answer.ok) throw new Refused(answer)
  return answer.entries.map(({ type }) => type)
}

/** A sealed part with its two statements, signed. */
export async function offered(
  upload: string,
  sealed: SealedPart,
  to: SealFor,
  bidder: string,
  standing: Standing,
): Promise<OfferedPart> {
  const told = toldOf(sealed, to, bidder, await followsOf(to.part, standing))
  return { upload, submission: await sign('submission', told.submission), deal: await sign('deal', told.deal) }
}

export async function submit({ handIn }: Acting, lot: string, parts: readonly OfferedPart[]): Promise<void> {
  await done(handIn, { type: 'SubmitBid', lot, parts })
}

export async function withdraw({ session, person, handIn }: Acting, live: BidSubmitted): Promise<void> {
  const submissions = await Promise.all(live.parts.map(({ submission }) => statementId(submission)))
  const signed = await sign('withdraw', { session, bidder: person, version: live.version, submissions })
  await done(handIn, { type: 'WithdrawBid', signed })
}

/** Be present; `now` is the server's time in milliseconds. */
export async function checkIn({ session, person, handIn }: Acting, now: number): Promise<void> {
  const expires = new Date(now + FRESH_MS).toISOString()
  const signed = await sign('check_in', { session, person, role: 'bidder', nonce: b64(random(16)), expires })
  await done(handIn, { type: 'CheckIn', signed })
}

/** Hand over a half; nothing is sent unless it is the one that the sealed envelope commits to. */
export async function release(
  { session, handIn }: Acting,
  live: BidSubmitted,
  asked: ToRelease,
  close: string,
  sB: Bytes,
): Promise<void> {
  const part = live.parts.find((one) => one.part === asked.part)
  if (!part || !(await halvesMatch(part.header, { sB }))) {
    throw Refused.because(
      'other_half',
      '这把密钥不是这份投标文件的，没有提交，也没有消耗次数。请换用递交这一版时保存的解密文件或恢复码。',
      'This key is of another bid. Nothing was sent and no try was spent: use the file kept with this version.',
    )
  }
  // What is signed says which half it is, not the half, which goes beside it; it is the right one, see above.
  const signed = await sign('release', { session, submission: asked.submission, close, c: part.header.B })
  await done(handIn, { type: 'ReleaseKey', signed, s_b: b64(sB) })
}

/** Confirm our line as it was read out, or say what is wrong with it. */
export async function answerLine({ session, person, handIn }: Acting, read: BidReadOut, dispute: string | null): Promise<void> {
  const { bid, name, lot, outcome, cause, form, deposit, consortium } = read
  const line = b64(await sha256(jcs({ bid, name, lot, outcome, cause, form, deposit, consortium })))
  const signed = await sign('confirmation', { session, person, bid, line, dispute })
  await done(handIn, { type: 'ConfirmLine', signed })
}

export async function object({ session, person, handIn }: Acting, text: string): Promise<void> {
  await done(handIn, { type: 'RaiseObjection', signed: await sign('objection', { session, person, text }) })
}

/** Sign the record, which this page has hashed itself, or say why not. */
export async function answerRecord(acting: Acting, { record, hash }: RecordPrepared, reason: string | null): Promise<void> {
  if (b64(await sha256(jcs(record))) !== hash) {
    const en = 'The record shown is not the one whose hash is to be signed. Nothing was signed.'
    throw Refused.because('other_record', '显示的开标记录与待签署的摘要不符，没有签署。', en)
  }
  const { session, person, handIn } = acting
  const about = { session, person, record: hash }
  if (reason === null) await done(handIn, { type: 'SignRecord', signed: await sign('record_signature', about) })
  else await done(handIn, { type: 'RefuseRecord', signed: await refusal(about, reason) })
}

function refusal(about: object, reason: string): Promise<Signed> {
  return sign('record_refusal', { ...about, reason })
}
