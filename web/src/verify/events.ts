import * as v from 'valibot'
import * as values from './values'
import { integer, signed, statement, string } from './values'

const nothing = {}
const bySelf = { person: string, signed }
const until = { ends_at: string }
/** Of a part that is not read out: only who is meant to open it sees the half or key. */
const kept = { signed: v.optional(v.nullable(signed), null) }
const keptHalf = { s_b: v.optional(v.nullable(string), null) }
const ofHalf = { bid: string, submission: string, signed }
const lodged = { bid: string, bidder: string, signed, receipt: statement }
const refused = { person: string, refusal: statement }
const strings = v.array(string)
const result = { outcome: values.outcome, cause: values.cause, form: v.nullable(values.form) }

/** Every event of docs/protocol.md, section 11, without `type`, `at` and `by`. */
const EVENTS = {
  OpeningScheduled: v.strictObject({ tender: values.tender, members: v.array(values.member), signed }),
  CustodianKeyOffered: v.strictObject(bySelf),
  PolicyPublished: v.strictObject({ signed }),
  TimetableProposed: v.strictObject({ signed }),
  TimetableSigned: v.strictObject({ signed }),
  StrikeProposed: v.strictObject({ signed }),
  CustodianStruck: v.strictObject({ signed }),
  DrillDealt: v.strictObject({ person: string, dummy: values.dummy }),
  CustodianDrilled: v.strictObject(bySelf),
  MemberCheckedIn: v.strictObject(bySelf),
  LobbyOpened: v.strictObject(nothing),
  Ticked: v.strictObject({ slots: integer, root: string, seed: string }),
  BidsClosed: v.strictObject({ close: statement }),
  OpeningHeld: v.strictObject({ cause: string }),
  CheckpointCosigned: v.strictObject({ covers: integer, head: string, note: string, index: integer, path: strings }),
  CountCheckOpened: v.strictObject({ lots: strings, ends_at: string }),
  LotContinued: v.strictObject({ lot: string, ground: string, signed }),
  RosterPublished: v.strictObject({ close: statement }),
  LotAborted: v.strictObject({ lot: string, cause: values.abortCause }),
  OpeningAborted: v.strictObject({ cause: values.abortCause }),
  ReleaseOpened: v.strictObject(until),
  WindowClosed: v.strictObject({ window_closed: statement }),
  CustodyOpened: v.strictObject(until),
  KeyPublished: v.strictObject(bySelf),
  KeyEntrusted: v.strictObject({ person: string, lot: string, part: string, kid: string, custody: string, ...kept }),
  EscrowSharePublished: v.strictObject({ bid: string, ...bySelf }),
  CustodyClosed: v.strictObject(nothing),
  LodgingSeedPublished: v.strictObject({ policy: string, seed: string }),
  BidSettled: v.strictObject({ bid: string, bidder: string, lot: string, detail: string, ...result }),
  DrawSealed: v.strictObject({ lot: string, ...bySelf }),
  DrawOpened: v.strictObject(nothing),
  CoefficientDrawn: v.strictObject({
    lot: string,
    coefficient: string,
    value: string,
    seed: string,
    bids: strings,
    envelopes: v.array(values.drawSeed),
    lottery: v.nullable(signed),
  }),
  LotteryCalled: v.strictObject({ lot: string, envelopes: v.array(values.drawSeed) }),
  Disclosed: v.strictObject({ ticks: v.array(values.disclosedTick) }),
  ReadoutOpened: v.strictObject(nothing),
  DepositNoted: v.strictObject({ bid: string, deposit: values.deposit, signed }),
  BidReadOut: v.strictObject({
    ...{ bid: string, name: string, lot: string, ...result },
    deposit: v.nullable(values.deposit),
    consortium: v.array(values.party),
  }),
  ConfirmationOpened: v.strictObject(until),
  LineConfirmed: v.strictObject({ bid: string, signed }),
  LineDisputed: v.strictObject({ bid: string, number: integer, name: string, text: string, signed }),
  ObjectionsOpened: v.strictObject({ ends_at: string, silent: strings }),
  Said: v.strictObject({ alias: v.nullable(integer), text: string, nonce: string }),
  ObjectionRaised: v.strictObject({
    number: integer,
    alias: integer,
    person: string,
    name: string,
    text: string,
    signed,
  }),
  ObjectionAnswered: v.strictObject({ number: integer, text: string, signed }),
  RecordRefused: v.strictObject({ name: string, reason: string, ...bySelf }),
  RecordPrepared: v.strictObject({ record: values.record, hash: string, ends_at: string }),
  RecordSigned: v.strictObject({ name: string, ...bySelf }),
  OpeningClosed: v.strictObject({ silent: strings }),
  CrlNotedDown: v.strictObject({ crl: values.crlNoted }),
  SignatureAwaited: v.strictObject({ signed }),
  RequestRefused: v.strictObject({
    statement: string,
    cause: v.picklist(['beyond_cap', 'window_over', 'declined']),
    signed: v.nullable(signed),
  }),
  WindowExtended: v.strictObject({ signed, ends_at: string }),
  OpeningSuspended: v.strictObject({
    number: integer,
    cause: values.suspensionCause,
    since: string,
    ends_at: v.nullable(string),
    signed: v.nullable(signed),
  }),
  SuspensionCountersigned: v.strictObject({ signed }),
  OpeningResumed: v.strictObject({ number: integer, ends_at: v.nullable(string), signed: v.nullable(signed) }),
  AbortOrdered: v.strictObject({ cause: values.abortCause, signed: v.nullable(signed) }),
  RoleHandedOver: v.strictObject({ role: values.role, to: string, signed }),
  CustodianKeysDestroyed: v.strictObject(bySelf),
  StampTaken: v.strictObject({ covers: integer, stamped_at: string, token: string }),
  LogKeyRotated: v.strictObject({ statement }),
  BidSubmitted: v.strictObject({
    bid: string,
    bidder: string,
    name: string,
    lot: string,
    version: integer,
    parts: v.array(values.sealedPart),
    certificates: strings,
    receipt: statement,
  }),
  DealtAgain: v.strictObject({ bid: string, bidder: string, lot: string, deals: v.array(signed), receipt: statement }),
  ConsortiumDeclared: v.strictObject({ bidder: string, lot: string, signed, receipt: statement }),
  BidWithdrawn: v.strictObject({ bidder: string, lot: string, signed }),
  DrillPassed: v.strictObject({ bid: string, lot: string }),
  BidderCheckedIn: v.strictObject({ name: string, ...bySelf }),
  KeyReleased: v.strictObject({ bid: string, signed, s_b: string, receipt: statement }),
  PartReleased: v.strictObject({ ...ofHalf, receipt: statement, ...keptHalf }),
  ReleaseHindered: v.strictObject({ ...ofHalf, authority: string, crl: string, refusal: statement }),
  WrongKeyTried: v.strictObject({ ...ofHalf, left: integer }),
  KeyLodged: v.strictObject({ ...lodged, s_b: string }),
  LodgingFailed: v.strictObject({ ...lodged, why: string }),
  RemedyRequested: v.strictObject({ bid: string, signed, receipt: statement }),
  SubmissionRefused: v.strictObject(refused),
  ReleaseRefused: v.strictObject(refused),
}

export type Type = keyof typeof EVENTS
export type EventOf<K extends Type> = { readonly type: K } & v.InferOutput<(typeof EVENTS)[K]>
export type OpeningEvent = { [K in Type]: EventOf<K> }[Type]

/** An entry that is shown whole: its event, when it was and by whom. */
export interface Happened<out K extends Type = Type> {
  readonly event: { [T in K]: EventOf<T> }[K]
  readonly shown: values.Shown
  readonly at: number
  readonly by: { readonly person: string; readonly role: string }
}

/** Whether it is of one of these kinds. */
export function isOf<K extends Type>(happened: Happened, ...types: readonly K[]): happened is Happened<K> {
  return (types as readonly Type[]).includes(happened.event.type)
}

/** The event among an entry's fields; an Error if it is none that the room knows, or not strict. */
export function eventOf(all: Record<string, unknown>): OpeningEvent {
  const { type } = all
  const told = Object.fromEntries(Object.entries(all).filter(([name]) => !['type', 'at', 'by'].includes(name)))
  if (typeof type !== 'string' || !Object.keys(EVENTS).includes(type)) throw new TypeError('an unknown kind of event')
  const fields = v.parse(EVENTS[type as Type], told)
  return { type, ...fields } as OpeningEvent
}
