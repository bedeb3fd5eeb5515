import * as v from 'valibot'

/* The values of docs/protocol.md, sections 5 to 13: strict objects, every field written. */

export const integer = v.pipe(v.number(), v.safeInteger())
const natural = v.pipe(integer, v.minValue(0))
export const string = v.string()

const ODD = '\\x00-\\x1f\\x7f-\\x9f\\u061c\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ud800-\\udfff\\ufeff\\ufff9-\\uffff'
const PLAIN = new RegExp(`^(?=.*\\S)[^${ODD}]*$`, 'u')

/** Text of 1 to `most` characters that shows what it is. */
export function plain(most: number) {
  const short = v.check((value: string) => Array.from(value).length <= most)
  return v.pipe(string, v.regex(PLAIN), short)
}

export const words = plain(2000)
const heading = plain(300)
const amount = v.pipe(string, v.regex(/^(0|[1-9]\d{0,14})(\.\d{1,2})?$/))
export const factor = v.pipe(string, v.regex(/^-?(0|[1-9]\d{0,8})(\.\d{1,6})?$/))
const currency = v.pipe(string, v.regex(/^[A-Z]{3}$/))

const signature = v.strictObject({ keyid: string, sig: string })
export const statement = v.strictObject({ payloadType: string, payload: string, signatures: v.array(signature) })
export const signed = v.strictObject({ statement, certificates: v.array(string) })

export const role = v.picklist(['host', 'supervisor', 'witness', 'tenderer', 'custodian', 'bidder', 'observer'])
export const outcome = v.picklist(['OPENED', 'DEEMED_REVOKED', 'DEEMED_WITHDRAWN'])
export const cause = v.picklist([
  'opened',
  'not_released',
  'bad_deal',
  'garbage',
  'invalid_form',
  'envelope_lost',
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

const coefficient = v.strictObject({ name: heading, values: v.pipe(v.array(factor), v.minLength(1)) })
const draw = v.strictObject({ coefficients: v.pipe(v.array(coefficient), v.minLength(1)) })
const lot = v.strictObject({
  lot: string,
  title: heading,
  ceiling_price: amount,
  currency: v.optional(currency, 'CNY'),
  minimum: v.optional(natural, 3),
  draw: v.optional(v.nullable(draw), null),
})
export const tender = v.strictObject({
  code: heading,
  title: heading,
  trading_center: heading,
  tenderer: heading,
  lots: v.pipe(v.array(lot), v.minLength(1)),
})
export const member = v.strictObject({
  person: string,
  name: string,
  role,
  side: v.optional(string, ''),
  deputy_of: v.optional(string, ''),
})
export const form = v.strictObject({
  price: amount,
  currency,
  duration_days: v.pipe(natural, v.maxValue(36_500)),
  quality: plain(200),
  project_manager: plain(200),
})
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
export const trust = v.strictObject({
  roots: v.array(string),
  log: namedLogKey,
  cosigners: v.array(namedLogKey),
  quorum: integer,
  tsa: v.optional(v.array(string), []),
  successors: v.optional(v.array(statement), []),
})

const proof = v.object({ salts: v.record(string, string), hidden: v.record(string, string) })
/** Of a shown entry nothing but its known fields counts. */
export const shown = v.object({
  line: string,
  seq: integer,
  prev: string,
  leaf: string,
  event: v.nullable(v.record(string, v.unknown())),
  proof: v.nullable(proof),
})
const disclosedEntry = v.object({ line: string, seq: integer, prev: string, leaf: string, type: string, proof })
export const disclosedTick = v.object({ tick: integer, seed: string, entries: v.array(disclosedEntry) })

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
export type Header = v.InferOutput<typeof header>
export type SealedPart = v.InferOutput<typeof sealedPart>
export type DrawSeed = v.InferOutput<typeof drawSeed>
export type Pause = v.InferOutput<typeof pause>
export type CrlNoted = v.InferOutput<typeof crlNoted>
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
