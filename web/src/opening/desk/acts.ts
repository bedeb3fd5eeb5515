/** What host, supervisor and witness sign, and the commands that carry it. */

import { countersigned, sign } from '../../keys/identity'
import { b64, random, sha256 } from '../../seal/bytes'
import { jcs } from '../../seal/canonical'
import { statementId } from '../../seal/statements'
import { handedIn, type HandIn } from '../../timeline/desk'
import type { Timeline } from '../../timeline/frames'
import { happened } from '../../timeline/rows'
import { Refused } from '../../timeline/refused'
import type {
  BidRow,
  BidsClosed,
  Deposit,
  LineDisputed,
  ObjectionRaised,
  OpeningCommand,
  OpeningView,
  RecordPrepared,
  Signed,
  SuspensionCause,
} from '../../wire'

const FRESH_MS = 300_000

/** Somebody of the session's staff at its desk. */
export interface Sitting {
  readonly timeline: Timeline<OpeningView>
  readonly handIn: HandIn
}

/** Hand in; Refused if it was. */
export async function done({ handIn }: Sitting, command: OpeningCommand): Promise<void> {
  await handedIn(handIn, command)
}

function about({ timeline: { view } }: Sitting) {
  return { session: view.session, person: view.me.person }
}

/** The events of a kind on the main line, oldest first. */
export function events<E extends { readonly type: string }>({ timeline }: Sitting, type: E['type']): E[] {
  return timeline.main.map(happened).filter((event) => event?.type === type) as unknown as E[]
}

/** Be present; `now` is the server's time in milliseconds. */
export async function checkIn(sitting: Sitting, now: number): Promise<void> {
  const { role } = sitting.timeline.view.me
  const expires = new Date(now + FRESH_MS).toISOString()
  const signed = await sign('check_in', { ...about(sitting), role, nonce: b64(random(16)), expires })
  await done(sitting, { type: 'CheckIn', signed })
}

/** Note what has come of a bid's deposit; it corrects the note before it. */
export async function noteDeposit(sitting: Sitting, bid: string, row: BidRow, deposit: Deposit): Promise<void> {
  const { session } = about(sitting)
  const signed = await sign('deposit_note', { session, bid, prev: row.deposit_note ?? null, deposit })
  await done(sitting, { type: 'NoteDeposit', signed })
}

export async function say(sitting: Sitting, text: string): Promise<void> {
  await done(sitting, { type: 'Say', text, nonce: b64(random(16)) })
}

/** Answer the objection or dispute of this number. */
export async function answer(sitting: Sitting, number: number, text: string): Promise<void> {
  const raised = [
    ...events<ObjectionRaised>(sitting, 'ObjectionRaised'),
    ...events<LineDisputed>(sitting, 'LineDisputed'),
  ].find((event) => event.number === number)
  const objection = await statementId(shown(raised?.signed).statement)
  const { session } = about(sitting)
  await done(sitting, { type: 'AnswerObjection', signed: await sign('answer', { session, objection, text }) })
}

/** A bidder's own words are signed under its name: until names are shown nobody else reads the signature. */
function shown(signed: Signed | undefined): Signed {
  if (signed) return signed
  const en = 'The objection’s signature is hidden until names are shown; answer it then.'
  throw Refused.because('names_hidden', '名称公布前看不到异议的签名，请在名称公布后答复。', en)
}

/** That the record is the one with the hash, reckoned by this page; Refused otherwise. */
export async function requireRecord({ record, hash }: RecordPrepared): Promise<void> {
  if (b64(await sha256(jcs(record))) !== hash) {
    const en = 'The record shown is not the one whose hash is to be signed. Nothing was signed.'
    throw Refused.because('other_record', '显示的开标记录与待签署的摘要不符，没有签署。', en)
  }
}

/** Sign the record, which this page has hashed itself. */
export async function signRecord(sitting: Sitting, prepared: RecordPrepared): Promise<void> {
  await requireRecord(prepared)
  const signed = await sign('record_signature', { ...about(sitting), record: prepared.hash })
  await done(sitting, { type: 'SignRecord', signed })
}

export async function suspend(sitting: Sitting, cause: SuspensionCause): Promise<void> {
  const number = (sitting.timeline.view.pauses?.length ?? 0) + 1
  const { session } = about(sitting)
  await done(sitting, { type: 'SuspendOpening', signed: await sign('suspend', { session, number, cause }) })
}

export async function resume(sitting: Sitting): Promise<void> {
  await done(sitting, { type: 'ResumeOpening', signed: await sign('resume', ofPause(sitting)) })
}

/** End what has been suspended too long; the bids stay sealed. */
export async function abort(sitting: Sitting): Promise<void> {
  await done(sitting, { type: 'AbortOpening', signed: await sign('abort', ofPause(sitting)) })
}

function ofPause(sitting: Sitting) {
  return { session: about(sitting).session, number: sitting.timeline.view.suspended?.number ?? 0 }
}

export async function extend(sitting: Sitting, minutes: number, cause: string): Promise<void> {
  const number = (sitting.timeline.view.extensions ?? 0) + 1
  const [{ session }, close] = [about(sitting), await closeId(sitting)]
  const signed = await sign('extension', { session, close, number, by_ms: minutes * 60_000, cause })
  await done(sitting, { type: 'ExtendWindow', signed })
}

/** Go on with a lot that has too few bids, on a ground that its policy lists. */
export async function continueLot(sitting: Sitting, lot: string, ground: string): Promise<void> {
  const signed = await sign('below_minimum', {
    session: about(sitting).session,
    close: await closeId(sitting),
    lot,
    ground,
  })
  await done(sitting, { type: 'ContinueLot', signed })
}

async function closeId(sitting: Sitting): Promise<string> {
  const closed = events<BidsClosed>(sitting, 'BidsClosed').at(-1)
  if (closed) return statementId(closed.close)
  throw Refused.because('no_close', '截标记录尚未公布。', 'The close has not been shown yet.')
}

const CARRIERS = {
  extension: 'ExtendWindow',
  resume: 'ResumeOpening',
  below_minimum: 'ContinueLot',
  lottery: 'DrawByLottery',
} as const

/** Which statement awaits a signature; null if this page does not know its kind. */
export function kindOf({ statement: { payloadType } }: Signed): keyof typeof CARRIERS | null {
  const kinds = Object.keys(CARRIERS) as (keyof typeof CARRIERS)[]
  return kinds.find((kind) => payloadType === `application/vnd.sbid.${kind}+json`) ?? null
}

/** Add our signature to what the other of the two has signed. */
export async function addOurs(sitting: Sitting, signed: Signed): Promise<void> {
  const kind = kindOf(signed)
  if (kind) await done(sitting, { type: CARRIERS[kind], signed: await countersigned(signed) })
}

export async function countersignTimetable(sitting: Sitting, proposed: Signed): Promise<void> {
  await done(sitting, { type: 'CountersignTimetable', signed: await countersigned(proposed) })
}

/** Let the host's suspension last. */
export async function countersignPause(sitting: Sitting, suspended: Signed): Promise<void> {
  await done(sitting, { type: 'SuspendOpening', signed: await countersigned(suspended) })
}
