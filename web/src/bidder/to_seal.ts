/**
 * The `.tender` file: what a device without a network needs to know to seal a bid on a lot.
 *
 * JSON {v, session, code, title, lot, form, bidder, version, parts}; for each part its policy and the last strike as they
 * were signed, and the ids of the submission and deal that the new version replaces. docs/protocol.md, section 16.
 */

import * as v from 'valibot'
import { Refused } from '../timeline/refused'
import type { FormField, Lot, Signed } from '../wire'
import { followsOf } from './offers'
import { rulesOf, sealForOf, standing, type Followed } from './own'

const VERSION = 'sbe/1 to seal'

const signed = v.object({
  statement: v.object({
    payloadType: v.string(),
    payload: v.string(),
    signatures: v.array(v.object({ keyid: v.string(), sig: v.string() })),
  }),
  certificates: v.array(v.string()),
})

/** Only what cannot be guessed is checked here; the server judges a form when it is read out. */
const schema = v.object({
  v: v.literal(VERSION),
  session: v.string(),
  code: v.string(),
  title: v.string(),
  lot: v.custom<Lot>((lot) => v.is(v.object({ lot: v.string(), title: v.string(), ceiling_price: v.string() }), lot)),
  form: v.array(v.custom<FormField>((field) => v.is(v.object({ field: v.string(), kind: v.string() }), field))),
  bidder: v.string(),
  version: v.pipe(v.number(), v.integer(), v.minValue(1)),
  parts: v.pipe(
    v.array(
      v.object({
        policy: signed,
        strike: v.nullable(signed),
        submission: v.nullable(v.string()),
        deal: v.nullable(v.string()),
      }),
    ),
    v.minLength(1),
  ),
})

export interface ToSeal {
  readonly v: typeof VERSION
  readonly session: string
  readonly code: string
  readonly title: string
  readonly lot: Lot
  readonly form: readonly FormField[]
  readonly bidder: string
  readonly version: number
  readonly parts: readonly {
    readonly policy: Signed
    readonly strike: Signed | null
    readonly submission: string | null
    readonly deal: string | null
  }[]
}

/** What the page knows of a lot, for another device; `wanted` are the policies of its parts, in their order. */
export async function toSeal(timeline: Followed, lot: Lot, bidder: string, wanted: readonly string[]): Promise<ToSeal> {
  const { session, tender } = timeline.view
  const rules = await Promise.all((await rulesOf(timeline)).map(async (one) => ({ ...one, to: await sealForOf(one) })))
  const stands = standing(timeline, lot.lot)
  const parts = wanted.map(async (policy) => {
    const { to, ...signed } = rules.find((one) => one.to.policy === policy)!
    const { submission, deal } = await followsOf(to.part, stands)
    return { policy: signed.policy, strike: signed.strike, submission, deal }
  })
  return {
    v: VERSION,
    session,
    code: tender?.code ?? '',
    title: tender?.title ?? '',
    lot,
    form: tender?.form ?? [],
    bidder,
    version: stands.version + 1,
    parts: await Promise.all(parts),
  }
}

/** What a file tells; Refused with `tender_file` if it is none. */
export function readToSeal(text: string): ToSeal {
  try {
    return v.parse(schema, JSON.parse(text))
  } catch {
    throw Refused.because(
      'tender_file',
      '这不是待密封的招标信息文件（.tender）。请在投标页面重新下载。',
      'This is no .tender file. Download it again from the page of your bid.',
    )
  }
}
