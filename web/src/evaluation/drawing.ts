/** The expert draw: seeds that are sealed for it, and the keys that open them all at once. */

import { readCustody } from '../custodian/custody_file'
import { sign } from '../keys/identity'
import { b64, labelledHash, random, text, unb64 } from '../seal/bytes'
import { commitment, deal } from '../seal/dealing'
import { statementId } from '../seal/statements'
import { Refused } from '../timeline/refused'
import { said } from '../timeline/said'
import type { EvaluationOrdered, PoolsCommitted } from '../wire'
import { done, events, type Attending } from './acts'

/** The group of a draw seed's commitment. */
const COMMITTED = 'D'

/** Seal a fresh seed; nobody keeps it, for the custodians' keys will open it. */
export async function sealSeed(at: Attending): Promise<void> {
  const { session, me, lot = '', k = 0 } = at.timeline.view
  const ordered = events<EvaluationOrdered>(at, 'EvaluationOrdered')[0]
  const publics = (ordered?.custodians ?? []).map(({ statement }) => unb64(said(statement)?.public_key as string))
  const [seed, nonce] = [random(32), random(32)]
  const ctx = await labelledHash('sbe/1 draw core', text(session), text(lot), text(me.person), nonce)
  const signed = await sign('draw_envelope', {
    session,
    lot,
    person: me.person,
    nonce: b64(nonce),
    D: await commitment(ctx, COMMITTED, seed),
    k,
    shares: await deal(ctx, seed, k, publics, COMMITTED),
  })
  await done(at, { type: 'SealSeed', signed })
}

/** Publish this custodian's key for the draw, out of its key file. */
export async function publishDrawKey(at: Attending, file: string, passphrase: string): Promise<void> {
  const { session, me, custodians = {} } = at.timeline.view
  const key = (await readCustody(file, session, passphrase)).find(({ kid }) => kid === custodians[me.person])
  const pools = events<PoolsCommitted>(at, 'PoolsCommitted')[0]?.signed
  if (!key || !pools) {
    const en = 'The file holds no key for this draw.'
    throw Refused.because('no_draw_key', '密钥文件中没有本次抽取所用的密钥。', en)
  }
  const told = { session, pools: await statementId(pools.statement), kid: key.kid, seed: b64(key.seed) }
  await done(at, { type: 'PublishDrawKey', signed: await sign('draw_key', told) })
}
