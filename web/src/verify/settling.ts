import { b64, type Bytes } from '../seal/bytes'
import { BadDeal, recover, TooFewKeys } from '../seal/dealing'
import { BadEnvelope, ctxOf, readHead, unseal } from '../seal/envelope'
import { leafHash, rootOf } from './hash'
import { InvalidForm, readoutForm } from './form'
import type { Payload } from './statements'
import type { Settlement } from './held'
import type { FormField, Header } from './values'

const SEGMENT = 2 ** 20
const PLAIN = SEGMENT - 32
const LONGEST_FORM = 2 ** 20

export interface Sealed {
  readonly header: Header
  readonly submission: Payload<'submission'>
  readonly deal: Payload<'deal'>
  /** The released half; null if there is none. */
  readonly sB: Bytes | null
  /** Of the first k custodians to publish, by key id. */
  readonly seeds: ReadonlyMap<string, Bytes>
  /** The stored file; null if it is lost. */
  readonly envelope: Bytes | null
  /** What the tender wants read out. */
  readonly declared: readonly FormField[]
}

/** What became of a readout form (docs/protocol.md, section 12). */
export async function settle(sealed: Sealed): Promise<Settlement> {
  const { header, deal, sB, seeds, envelope } = sealed
  if (!sB) return failed('not_released')
  let sT: Bytes
  try {
    sT = await recover(await ctxOf(header.core), header.T, deal.k, deal.shares, seeds)
  } catch (fault) {
    if (fault instanceof BadDeal) return failed('bad_deal', `${fault.code} ${fault.kid}`.trim())
    if (fault instanceof TooFewKeys) return lost('too_few_keys')
    throw fault
  }
  return envelope ? opened(sealed, envelope, { sB, sT }) : lost('not_there')
}

async function opened({ submission, declared }: Sealed, envelope: Bytes, halves: { sB: Bytes; sT: Bytes }): Promise<Settlement> {
  const ct = (await contentRoot(envelope))?.root ?? null
  const inside = await plaintextOf(envelope, halves)
  if (ct !== submission.ct) return lost('changed')
  return inside instanceof BadEnvelope ? failed('garbage', inside.code) : formIn(inside, declared)
}

async function plaintextOf(envelope: Bytes, halves: { sB: Bytes; sT: Bytes }): Promise<Bytes | BadEnvelope> {
  try {
    const { plaintext } = await unseal(new Blob([envelope]), halves)
    return plaintext.length > LONGEST_FORM ? new BadEnvelope('garbage') : plaintext
  } catch (fault) {
    if (fault instanceof BadEnvelope) return fault
    throw fault
  }
}

function formIn(plaintext: Bytes, declared: readonly FormField[]): Settlement {
  try {
    return { outcome: 'OPENED', cause: 'opened', detail: '', form: readoutForm(plaintext, declared) }
  } catch (fault) {
    if (fault instanceof InvalidForm) return failed('invalid_form', fault.message)
    throw fault
  }
}

/** Tree root and length of a whole envelope; null if the file is none, or not as long as its header says. */
export async function contentRoot(envelope: Bytes): Promise<{ root: string; length: number } | null> {
  try {
    const { header, raw, head } = await readHead(new Blob([envelope]))
    const { size } = header.core
    if (envelope.length !== 12 + raw.length + 74 + size + 32 * Math.ceil(size / PLAIN)) return null
    const leaves = [leafHash(head)]
    for (let at = head.length; at < envelope.length; at += SEGMENT) leaves.push(leafHash(envelope.subarray(at, at + SEGMENT)))
    return { root: b64(rootOf(leaves)), length: envelope.length }
  } catch (fault) {
    if (fault instanceof BadEnvelope) return null
    throw fault
  }
}

/** The bidder's fault: the bid is deemed revoked. */
export function failed(cause: Settlement['cause'], detail = ''): Settlement {
  return { outcome: 'DEEMED_REVOKED', cause, detail, form: null }
}

/** Not the bidder's fault: the bid is deemed withdrawn. */
function lost(detail: string): Settlement {
  return { outcome: 'DEEMED_WITHDRAWN', cause: 'envelope_lost', detail, form: null }
}
