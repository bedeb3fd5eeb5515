/** What people sign in an evaluation, and the commands that carry it. */

import { countersigned, sign } from '../keys/identity'
import { b64, labelledHash, random, sha256, text, u32be, unb64 } from '../seal/bytes'
import { jcs } from '../seal/canonical'
import { sealTo } from '../seal/xwing'
import { handedIn, type HandIn } from '../timeline/desk'
import type { Timeline } from '../timeline/frames'
import { happened } from '../timeline/rows'
import { Refused } from '../timeline/refused'
import type {
  Departure,
  EvaluationCommand,
  EvaluationView,
  QuestionKind,
  Score,
  Signed,
  SuspensionCause,
  Verdict,
} from '../wire'

const FRESH_MS = 300_000

/** What a gate compares with the person who was called. */
export type GateCheck = 'id_card' | 'fingerprint' | 'face'

/** Somebody who takes part in an evaluation, at its desk. */
export interface Attending {
  readonly timeline: Timeline<EvaluationView>
  readonly handIn: HandIn
}

/** Hand in; Refused if it was. */
export async function done({ handIn }: Attending, command: EvaluationCommand): Promise<void> {
  await handedIn(handIn, command)
}

/** The events of a kind on the main line, oldest first, as far as they are shown. */
export function events<E extends { readonly type: string }>({ timeline }: Attending, type: E['type']): Partial<E>[] {
  return timeline.main.map(happened).filter((event) => event?.type === type) as unknown as Partial<E>[]
}

function mine({ timeline: { view } }: Attending) {
  return { session: view.session, alias: view.me.alias ?? '' }
}

function sessionOf({ timeline }: Attending) {
  return { session: timeline.view.session }
}

export async function answerCall(at: Attending, accepts: boolean): Promise<void> {
  await done(at, { type: 'AnswerCall', signed: await sign('call_answer', { ...mine(at), accepts, reason: '' }) })
}

/** Be present; `now` is the server's time in milliseconds. */
export async function takeSeat(at: Attending, now: number): Promise<void> {
  const { person, role } = at.timeline.view.me
  const expires = new Date(now + FRESH_MS).toISOString()
  const told = { ...sessionOf(at), person, role, nonce: b64(random(16)), expires }
  await done(at, { type: 'TakeSeat', signed: await sign('check_in', told) })
}

export async function undertake(at: Attending): Promise<void> {
  const told = { ...mine(at), order: at.timeline.view.order_id ?? '' }
  await done(at, { type: 'SignUndertaking', signed: await sign('undertaking', told) })
}

/** Stand back. What is signed is the reason's hash: the reason itself goes beside it, for those who must know it. */
export async function recuse(at: Attending, reason: string): Promise<void> {
  const nonce = b64(random(16))
  const hash = b64(await labelledHash('sbe/1 recusal', text(nonce), text(reason)))
  const signed = await sign('recusal', { ...mine(at), reason: hash })
  await done(at, { type: 'DeclareRecusal', signed, reason, nonce })
}

/** Vote for a leader; gives the ballot's number, by which its owner alone finds it in the count. */
export async function castBallot(at: Attending, choice: string): Promise<string> {
  const { election } = at.timeline.view
  if (!election) throw Refused.because('no_election', '目前没有推选。', 'No election is open.')
  const { session, alias } = mine(at)
  const tracker = b64(random(16))
  const info = await labelledHash('sbe/1 ballot', text(session), u32be(election.round), text(alias))
  const sealed = b64(await sealTo(unb64(election.key), jcs({ tracker, choice }), info))
  const told = { session, alias, round: election.round, sealed: b64(await sha256(text(sealed))) }
  await done(at, { type: 'CastBallot', signed: await sign('ballot', told), sealed })
  return tracker
}

export async function openReview(at: Attending): Promise<void> {
  await done(at, { type: 'OpenReview' })
}

export async function submitReview(at: Attending, verdicts: readonly Verdict[]): Promise<void> {
  const told = { ...mine(at), prev: at.timeline.view.me.review ?? null, verdicts }
  await done(at, { type: 'SubmitReview', signed: await sign('review_sheet', told) })
}

export async function askBidder(at: Attending, bid: string, about: QuestionKind, words: string): Promise<void> {
  const number = Object.keys(at.timeline.view.questions ?? {}).length + 1
  const told = { ...sessionOf(at), number, bid, about, text: words }
  await done(at, { type: 'AskQuestion', signed: await sign('question', told) })
}

export async function requestCall(at: Attending, bid: string, words: string): Promise<void> {
  const number = Object.keys(at.timeline.view.calls ?? {}).length + 1
  const told = { ...sessionOf(at), number, bid, text: words }
  await done(at, { type: 'RequestCall', signed: await sign('call_request', told) })
}

export async function answerQuestion(at: Attending, number: number, bid: string, words: string): Promise<void> {
  const told = { ...sessionOf(at), number, bid, text: words }
  await done(at, { type: 'AnswerQuestion', signed: await sign('bidder_answer', told) })
}

export async function castVote(at: Attending, motion: number, yes: boolean, reason: string): Promise<void> {
  await done(at, { type: 'CastVote', signed: await sign('vote', { ...mine(at), motion, yes, reason }) })
}

export async function saveDraft(at: Attending, scores: readonly Score[]): Promise<void> {
  await done(at, { type: 'SaveDraft', scores })
}

export async function submitSheet(at: Attending, scores: readonly Score[]): Promise<void> {
  const told = { ...mine(at), prev: at.timeline.view.me.sheet ?? null, scores }
  await done(at, { type: 'SubmitSheet', signed: await sign('score_sheet', told) })
}

/** Confirm the score of an outlier, or correct it to `points`. */
export async function answerOutlier(at: Attending, number: number, points: string | null, reason: string): Promise<void> {
  await done(at, { type: 'AnswerOutlier', signed: await sign('outlier_answer', { ...mine(at), number, points, reason }) })
}

export async function confirmSummary(at: Attending): Promise<void> {
  const { summary, summary_hash: hash } = at.timeline.view
  await requireSame(summary, hash)
  await done(at, { type: 'ConfirmSummary', signed: await sign('summary_seen', { ...mine(at), summary: hash }) })
}

export async function signReport(at: Attending): Promise<void> {
  const { report, report_hash: hash } = at.timeline.view
  await requireSame(report, hash)
  await done(at, { type: 'SignReport', signed: await sign('report_signed', { ...mine(at), report: hash }) })
}

export async function dissent(at: Attending, reason: string): Promise<void> {
  const { report, report_hash: hash } = at.timeline.view
  await requireSame(report, hash)
  await done(at, { type: 'DissentFromReport', signed: await sign('dissent', { ...mine(at), report: hash, reason }) })
}

export async function publishReport(at: Attending): Promise<void> {
  const { report, report_hash: hash } = at.timeline.view
  await requireSame(report, hash)
  await done(at, { type: 'PublishReport', signed: await sign('publication', { ...sessionOf(at), report: hash }) })
}

/** That what is shown is what will be signed, reckoned by this page; Refused otherwise. */
async function requireSame(shown: object | undefined, hash: string | undefined): Promise<void> {
  if (shown && hash && b64(await sha256(jcs(shown))) === hash) return
  const en = 'What is shown is not what is to be signed. Nothing was signed.'
  throw Refused.because('other_paper', '显示的内容与待签署的摘要不符，没有签署。', en)
}

export async function passGate(at: Attending, alias: string, checks: readonly GateCheck[], clean: boolean): Promise<void> {
  const { session, me } = at.timeline.view
  const told = { session, alias, site: me.site ?? '', checks, phone_clean: clean }
  await done(at, { type: 'PassGate', signed: await sign('gate_pass', told) })
}

export async function moveSeat(at: Attending, alias: string): Promise<void> {
  await done(at, { type: 'MoveSeat', alias })
}

export async function reportSite(at: Attending, site: string, up: boolean): Promise<void> {
  await done(at, { type: 'ReportSite', site, up })
}

export async function removeMember(at: Attending, alias: string, cause: Departure, reason: string): Promise<void> {
  const told = { ...sessionOf(at), alias, cause, reason }
  await done(at, { type: 'RemoveMember', signed: await sign('removal', told) })
}

export async function suspend(at: Attending, cause: SuspensionCause): Promise<void> {
  const number = (at.timeline.view.pauses?.length ?? 0) + 1
  await done(at, { type: 'SuspendEvaluation', signed: await sign('suspend', { ...sessionOf(at), number, cause }) })
}

/** Let the agency's suspension last. */
export async function countersignPause(at: Attending, suspended: Signed): Promise<void> {
  await done(at, { type: 'SuspendEvaluation', signed: await countersigned(suspended) })
}

/** Sign to go on, or add our signature to what the other of the two has signed. */
export async function resume(at: Attending): Promise<void> {
  const { suspended, awaited } = at.timeline.view
  const number = suspended?.number ?? 0
  const signed = awaited ? await countersigned(awaited) : await sign('resume', { ...sessionOf(at), number })
  await done(at, { type: 'ResumeEvaluation', signed })
}
