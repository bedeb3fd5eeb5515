import * as v from 'valibot'

/* The values of docs/protocol.md, sections 5 to 13: strict objects, every field written. */

export const integer = v.pipe(v.number(), v.safeInteger())
const natural = v.pipe(integer, v.minValue(0))
export const string = v.string()
const strings = v.array(string)

const ODD = '\\x00-\\x1f\\x7f-\\x9f\\u061c\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ud800-\\udfff\\ufeff\\ufff9-\\uffff'
const PLAIN = new RegExp(`^(?=.*\\S)[^${ODD}]*$`, 'u')

/** Text of 1 to `most` characters that shows what it is. */
export function plain(most: number) {
  const short = v.check((value: string) => Array.from(value).length <= most)
  return v.pipe(string, v.regex(PLAIN), short)
}

/** From `least` to `most` of these. */
function some<T extends v.GenericSchema>(item: T, least: number, most: number) {
  return v.pipe(v.array(item), v.minLength(least), v.maxLength(most))
}

function isNameOfLot(value: string): boolean {
  return value.length > 0 && Array.from(value).length <= 64
}

/** The part of every bid that is read out. */
export const READOUT_FORM = 'readout_form'

export const words = plain(2000)
const heading = plain(300)
export const days = v.pipe(natural, v.maxValue(36_500))
export const amount = v.pipe(string, v.regex(/^(0|[1-9]\d{0,14})(\.\d{1,2})?$/))
export const factor = v.pipe(string, v.regex(/^-?(0|[1-9]\d{0,8})(\.\d{1,6})?$/))
const currency = v.pipe(string, v.regex(/^[A-Z]{3}$/))

const signature = v.strictObject({ keyid: string, sig: string })
export const statement = v.strictObject({ payloadType: string, payload: string, signatures: v.array(signature) })
export const signed = v.strictObject({ statement, certificates: v.array(string) })

export const role = v.picklist(['host', 'supervisor', 'witness', 'tenderer', 'custodian', 'bidder', 'observer'])
export const outcome = v.picklist(['OPENED', 'DEEMED_REVOKED', 'DEEMED_WITHDRAWN', 'REMEDIED'])
export const cause = v.picklist([
  'opened',
  'not_released',
  'bad_lodging',
  'remedied',
  'bad_escrow',
  'escrow_absent',
  'bad_deal',
  'garbage',
  'invalid_form',
  'envelope_lost',
  'authority_failed',
  'aborted',
])
export const abortCause = v.picklist(['too_few_bids', 'none_opened', 'supervisor_decided', 'suspended_too_long'])
export const suspensionCause = v.picklist([
  'technical_fault',
  'network_fault',
  'certificate_service',
  'emergency',
  'complaint',
  'custodians_absent',
  'outage',
])
export const extensionCause = v.picklist(['platform_fault', 'network_fault', 'certificate_service', 'emergency'])
const lineAnswer = v.picklist(['confirmed', 'disputed', 'silent'])

const coefficient = v.strictObject({ name: heading, values: some(factor, 1, 1000) })
const draw = v.strictObject({ coefficients: some(coefficient, 1, 20) })
const name = v.pipe(string, v.regex(/^[a-z][a-z0-9_]{0,39}$/))
const line = plain(200)
const formField = v.strictObject({
  field: name,
  kind: v.picklist(['amount', 'days', 'text', 'choice', 'boolean']),
  zh: line,
  en: line,
  required: v.optional(v.boolean(), true),
  choices: v.optional(some(line, 0, 50), []),
})
const lotPart = v.strictObject({ part: name, opened_here: v.optional(v.boolean(), false) })
const lot = v.strictObject({
  lot: v.pipe(string, v.check(isNameOfLot)),
  title: heading,
  ceiling_price: amount,
  currency: v.optional(currency, 'CNY'),
  minimum: v.optional(v.pipe(natural, v.maxValue(1000)), 3),
  bid_deposit: v.optional(v.nullable(amount), null),
  consortia: v.optional(v.boolean(), false),
  draw: v.optional(v.nullable(draw), null),
  parts: v.optional(some(lotPart, 1, 20), [{ part: READOUT_FORM, opened_here: true }]),
})
/** What is read out, if the tender declares nothing else. */
const USUAL_FORM: v.InferInput<typeof formField>[] = [
  { field: 'duration_days', kind: 'days', zh: '工期（日历天）', en: 'Duration in days' },
  { field: 'quality', kind: 'text', zh: '质量目标', en: 'Quality' },
  { field: 'project_manager', kind: 'text', zh: '项目经理', en: 'Project manager' },
]
export const tender = v.strictObject({
  code: heading,
  title: heading,
  trading_center: heading,
  tenderer: heading,
  lots: some(lot, 1, 100),
  form: v.optional(some(formField, 0, 40), USUAL_FORM),
})
export const member = v.strictObject({
  person: string,
  name: heading,
  role,
  side: v.optional(string, ''),
  deputy_of: v.optional(string, ''),
})
export const form = v.strictObject({
  price: amount,
  currency,
  fields: v.record(string, v.union([string, integer, v.boolean()])),
})
/** What is known of a bid's deposit; of one that has not come only that. */
export const deposit = v.strictObject({
  status: v.picklist(['not_stated', 'received', 'not_received']),
  form: v.optional(v.nullable(v.picklist(['bid_deposit', 'e_guarantee'])), null),
  amount: v.optional(v.nullable(amount), null),
  received_at: v.optional(v.nullable(string), null),
})
/** One of those who bid together, as it is read out and as it was declared. */
export const party = v.strictObject({ person: string, name: string, work: string })
const consortiumParty = v.strictObject({ person: line, name: line, work: words, keys: some(string, 0, 20) })
export const consortiumParties = some(consortiumParty, 1, 20)
const core = v.strictObject({
  policy: string,
  lot: string,
  part: string,
  bidder: string,
  version: integer,
  nonce: string,
  suite: string,
  segment: integer,
  size: integer,
})
const header = v.strictObject({ v: string, core, B: string, T: string })
export const sealedPart = v.strictObject({
  part: string,
  submission: statement,
  deal: statement,
  header,
  upload: string,
})
export const drawSeed = v.strictObject({ person: string, envelope: string, fault: v.optional(string, '') })
export const pause = v.strictObject({ since: string, until: string, cause: suspensionCause })
export const crlNoted = v.strictObject({ authority: string, hash: string, this_update: string, next_update: string })
export const namedLogKey = v.strictObject({ name: string, key: string })
const vouching = { roots: strings, log: namedLogKey, cosigners: v.array(namedLogKey), quorum: integer }
/** In a statement every field is written; in a trust file what may be nothing may be left out. */
export const vouchedBy = v.strictObject({ ...vouching, tsa: strings, successors: v.array(statement) })
export const trust = v.strictObject({
  ...vouching,
  tsa: v.optional(strings, []),
  successors: v.optional(v.array(statement), []),
})
export const dummy = v.strictObject({ kid: string, c: string, hpke: string })

const proof = v.strictObject({ salts: v.record(string, string), hidden: v.record(string, string) })
export const shown = v.strictObject({
  line: string,
  seq: integer,
  prev: string,
  leaf: string,
  event: v.nullable(v.record(string, v.unknown())),
  proof: v.nullable(proof),
})
const disclosedEntry = v.strictObject({ line: string, seq: integer, prev: string, leaf: string, type: string, proof })
export const disclosedTick = v.strictObject({ tick: integer, seed: string, entries: v.array(disclosedEntry) })

const drawLine = v.strictObject({
  lot: string,
  coefficient: string,
  value: string,
  empty: v.array(string),
  lottery: v.boolean(),
})
const recordLine = v.strictObject({
  bid: string,
  lot: string,
  name: string,
  submitted_at: string,
  checked_in_at: v.nullable(string),
  released_at: v.nullable(string),
  outcome,
  cause,
  form: v.nullable(form),
  deposit: v.nullable(deposit),
  consortium: v.array(party),
  bids_twice: strings,
  answer: lineAnswer,
})
const objectionLine = v.strictObject({
  number: integer,
  name: string,
  at: string,
  bid: v.nullable(string),
  text: string,
  answer: v.nullable(string),
  answered_at: v.nullable(string),
})
export const record = v.strictObject({
  session: string,
  tender,
  members: v.array(member),
  deadline: string,
  window_closed_at: string,
  keys_published: v.array(string),
  aborted: v.array(v.strictObject({ lot: string, cause: abortCause })),
  draws: v.array(drawLine),
  lines: v.array(recordLine),
  objections: v.array(objectionLine),
})

export type Signed = v.InferOutput<typeof signed>
export type SealedStatement = v.InferOutput<typeof statement>
export type Tender = v.InferOutput<typeof tender>
export type Lot = v.InferOutput<typeof lot>
export type Coefficient = v.InferOutput<typeof coefficient>
export type Member = v.InferOutput<typeof member>
export type Form = v.InferOutput<typeof form>
export type Deposit = v.InferOutput<typeof deposit>
export type Party = v.InferOutput<typeof party>
export type Header = v.InferOutput<typeof header>
export type SealedPart = v.InferOutput<typeof sealedPart>
export type DrawSeed = v.InferOutput<typeof drawSeed>
export type Pause = v.InferOutput<typeof pause>
export type CrlNoted = v.InferOutput<typeof crlNoted>
export type FormField = v.InferOutput<typeof formField>
export type TrustFile = v.InferOutput<typeof trust>
export type Shown = v.InferOutput<typeof shown>
export type Proof = v.InferOutput<typeof proof>
export type DisclosedEntry = v.InferOutput<typeof disclosedEntry>
export type DisclosedTick = v.InferOutput<typeof disclosedTick>
export type DrawLine = v.InferOutput<typeof drawLine>
export type OpeningRecord = v.InferOutput<typeof record>
export type Role = v.InferOutput<typeof role>
export type Outcome = v.InferOutput<typeof outcome>
export type Cause = v.InferOutput<typeof cause>
export type AbortCause = v.InferOutput<typeof abortCause>
export type SuspensionCause = v.InferOutput<typeof suspensionCause>
export type LineAnswer = v.InferOutput<typeof lineAnswer>
