import * as v from 'valibot'
import { b64 } from '../seal/bytes'
import { jcs } from '../seal/canonical'
import { said as payloadOf } from '../seal/statements'
import {
  consortiumParties,
  deposit,
  extensionCause,
  factor,
  integer,
  member,
  namedLogKey,
  pause,
  plain,
  role,
  signed,
  statement,
  string,
  suspensionCause,
  tender,
  vouchedBy,
  words,
  type SealedStatement,
} from './values'

const strings = v.array(string)
const custodian = v.strictObject({ person: string, side: string, proof: signed })
const lodgingItem = v.strictObject({ lodging: string, submission: string, at: string })
const share = v.strictObject({ kid: string, c: string, hpke: string })
const lotSet = v.strictObject({ lot: string, count: integer, root: string })
const released = v.strictObject({ submission: string, release: string })
const lotWindow = v.strictObject({ lot: string, released: v.array(released), missing: strings, sealed: strings })
const cadence = v.strictObject({ every_ms: integer, slots: integer })
const windows = v.strictObject({
  release_ms: integer,
  custody_ms: integer,
  record_ms: integer,
  confirm_ms: integer,
  objection_ms: integer,
})
const pauses = v.strictObject({
  host_ms: integer,
  supervisor_ms: integer,
  abort_ms: integer,
  outage_ms: integer,
  hold_ms: integer,
  hold_within_ms: integer,
})
const version = { policy: string, bidder: string, version: integer, prev: v.nullable(string) }

/** Every statement of docs/protocol.md, section 8. */
const STATEMENTS = {
  schedule: v.strictObject({ session: string, tender, members: v.array(member) }),
  custodian_drill: v.strictObject({ session: string, kid: string, secret: string }),
  strike: v.strictObject({
    session: string,
    policy: string,
    prev: v.nullable(string),
    person: string,
    cause: v.picklist(['absent', 'drill_failed', 'key_lost']),
    custodians: v.array(custodian),
  }),
  custodian_key: v.strictObject({ session: string, lot: string, part: string, public_key: string }),
  policy: v.strictObject({
    session: string,
    tender: string,
    lot: string,
    part: string,
    suites: strings,
    sealer: v.optional(v.nullable(string)),
    custodians: v.array(custodian),
    k: integer,
    authorities: strings,
    log: namedLogKey,
    cosigners: v.array(namedLogKey),
    quorum: integer,
    lodging_key: string,
    grounds: v.array(plain(200)),
    escrow: v.nullable(v.strictObject({ holders: v.array(custodian), k: integer })),
    tsa: strings,
  }),
  timetable: v.strictObject({
    session: string,
    policies: strings,
    prev: v.nullable(string),
    deadline: string,
    windows,
    lobby_ms: integer,
    ticks: cadence,
    lobby_ticks: cadence,
    host_ms: integer,
    extension_ms: integer,
    pauses,
    names_shown: v.picklist(['roster', 'window_closed']),
  }),
  submission: v.strictObject({ ...version, header: string, ct: string, n: integer }),
  deal: v.strictObject({ ...version, ctx: string, k: integer, shares: v.array(share), escrow: v.array(share) }),
  withdraw: v.strictObject({ session: string, bidder: string, version: integer, submissions: strings }),
  consortium: v.strictObject({
    session: string,
    lot: string,
    prev: v.nullable(string),
    agreement: string,
    parties: consortiumParties,
  }),
  receipt: v.strictObject({
    session: string,
    statements: strings,
    line: string,
    seq: integer,
    salt: string,
    at: string,
    tick_due: string,
  }),
  check_in: v.strictObject({ session: string, person: string, role: string, nonce: string, expires: string }),
  close: v.strictObject({ session: string, timetable: string, tick: integer, at: string, lots: v.array(lotSet) }),
  release: v.strictObject({ session: string, submission: string, close: string, c: string }),
  lodged_release: v.strictObject({ session: string, submission: string, close: string, kid: string, sealed: string }),
  lodging_receipt: v.strictObject({ session: string, submission: string, lodging: string, cosigner: string, at: string }),
  lodging_list: v.strictObject({
    session: string,
    close: string,
    cosigner: string,
    at: string,
    lodgings: v.array(lodgingItem),
  }),
  remedy_request: v.strictObject({ session: string, submission: string, close: string }),
  escrow_share: v.strictObject({ session: string, submission: string, window_closed: string, kid: string, share: string }),
  refusal: v.strictObject({ session: string, code: string, statements: strings, at: string }),
  key_rotated: v.strictObject({ log: string, old: string, new: string, at: string }),
  window_closed: v.strictObject({
    session: string,
    close: string,
    timetable: string,
    at: string,
    lots: v.array(lotWindow),
    extensions: strings,
    pauses: v.array(pause),
    lodgings: v.array(statement),
    away: strings,
  }),
  custody: v.strictObject({ session: string, close: string, window_closed: string, kid: string, seed: string }),
  extension: v.strictObject({
    session: string,
    close: string,
    number: integer,
    by_ms: integer,
    cause: extensionCause,
  }),
  suspend: v.strictObject({ session: string, number: integer, cause: suspensionCause }),
  resume: v.strictObject({ session: string, number: integer }),
  abort: v.strictObject({ session: string, number: integer }),
  handover: v.strictObject({ session: string, number: integer, role, to: string }),
  below_minimum: v.strictObject({ session: string, close: string, lot: string, ground: string }),
  keys_destroyed: v.strictObject({ session: string, kids: strings }),
  draw_envelope: v.strictObject({
    session: string,
    lot: string,
    person: string,
    nonce: string,
    D: string,
    k: integer,
    shares: v.array(share),
  }),
  lottery: v.strictObject({ session: string, lot: string, coefficient: plain(300), value: factor }),
  deposit_note: v.strictObject({ session: string, bid: string, prev: v.nullable(string), deposit }),
  confirmation: v.strictObject({
    session: string,
    person: string,
    bid: string,
    line: string,
    dispute: v.nullable(words),
  }),
  objection: v.strictObject({ session: string, person: string, text: words }),
  answer: v.strictObject({ session: string, objection: string, text: words }),
  record_refusal: v.strictObject({ session: string, person: string, record: string, reason: words }),
  record_signature: v.strictObject({ session: string, person: string, record: string }),
  manifest: v.strictObject({
    session: string,
    audience: string,
    vouched_by: vouchedBy,
    members: v.record(string, string),
  }),
}

export type Kind = keyof typeof STATEMENTS
export type Payload<K extends Kind> = v.InferOutput<(typeof STATEMENTS)[K]>

/** What a statement says; an Error if it is of another kind, not canonical, not strict or leaves a field out. */
export function said<K extends Kind>(statement: SealedStatement, kind: K): Payload<K> {
  const told = v.parse(STATEMENTS[kind], payloadOf(statement, kind)) as Payload<K>
  if (b64(jcs(told)) !== statement.payload) throw new TypeError(`the ${kind} statement leaves a field out`)
  return told
}
