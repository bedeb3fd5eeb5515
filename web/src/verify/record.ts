import { b64 } from '../seal/bytes'
import { jcs } from '../seal/canonical'
import { bidsTwice, presentSince } from './acting'
import { about, entryName, RECORD, TIMELINE, type Case } from './case'
import type { Happened } from './events'
import { alike, hashOf } from './hash'
import { textOf, textOrNull } from './instants'
import { readoutLine } from './readout'
import { Failed } from './report'
import { said } from './statements'
import type { Bid } from './held'
import type { Opening } from './state'
import type { OpeningRecord } from './values'

/** Step 12: the opening record follows from the events, and is the one that was signed. */
export function record(bundle: Case): void {
  const prepared = bundle.happened('RecordPrepared').at(-1)
  if (!prepared) {
    if (bundle.state.phase === 'CLOSED') throw new Failed(TIMELINE, 'noRecord')
    return
  }
  const { shown, event } = prepared
  const made = openingRecord(bundle.state)
  if (!alike(made, event.record) || hashOf(made) !== event.hash) throw new Failed(entryName(shown), 'otherRecord')
  const member = bundle.members.get(RECORD)
  if (!member || b64(member) !== b64(jcs(made))) throw new Failed(RECORD, 'otherRecord')
  for (const happened of bundle.happened('RecordSigned')) signs(bundle, happened, event.hash)
  bundle.report.holds(12, RECORD, String(bundle.state.signatures.size))
}

function signs(bundle: Case, { shown, event }: Happened<'RecordSigned'>, hash: string): void {
  const told = about(entryName(shown), () => said(event.signed.statement, 'record_signature'))
  if (!alike([told.session, told.person, told.record], [bundle.session, event.person, hash])) {
    throw new Failed(entryName(shown), 'otherRecordSigned')
  }
}

/** The record of a session whose bids are all settled, made from events alone (docs/protocol.md, section 13). */
function openingRecord(opening: Opening): OpeningRecord {
  const { session, tender, timetable, windowClosed } = opening
  if (!tender || !timetable || !windowClosed) throw new Error('the session is not that far')
  return {
    session,
    tender,
    members: [...opening.members.values()].sort((a, b) => (a.person < b.person ? -1 : 1)),
    deadline: timetable.deadline,
    window_closed_at: windowClosed.at,
    keys_published: [...opening.keysBy].sort(),
    aborted: [...opening.aborted].map(([lot, cause]) => ({ lot, cause })),
    draws: [...opening.drawn].sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1)),
    lines: [...opening.bids.values()].map((bid) => recordLine(opening, bid)),
    objections: [...opening.objections.values()].map(({ number, name, raisedAt, bid, text, answer, answeredAt }) => ({
      ...{ number, name, at: textOf(raisedAt), bid, text, answer },
      answered_at: textOrNull(answeredAt),
    })),
  }
}

function sortKey({ lot, coefficient }: { lot: string; coefficient: string }): string {
  return `${lot}\0${coefficient}`
}

function recordLine(opening: Opening, bid: Bid): OpeningRecord['lines'][number] {
  return {
    ...readoutLine(opening, bid),
    submitted_at: textOf(bid.submittedAt),
    checked_in_at: textOrNull(presentSince(opening, bid)),
    released_at: textOrNull(bid.releasedAt),
    bids_twice: bidsTwice(opening, bid),
    answer: opening.lineAnswers.get(bid.bid) ?? 'silent',
  }
}
