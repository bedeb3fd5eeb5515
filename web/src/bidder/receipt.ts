/** What the page checks of the server's promises, before it says that something is done. */

import { b64, unb64, type Bytes } from '../seal/bytes'
import { ed25519Spki, isSignedBy } from '../seal/signing'
import { said, statementId, type Statement } from '../seal/statements'
import { includes, leafHash } from '../seal/tree'
import { fieldSalt, leafOf, slotOf } from '../timeline/chain'
import { Refused } from '../timeline/refused'
import type { BidSubmitted, RosterPublished, Shown, Ticked } from '../wire'
import { keysOf, type NamedKey } from './log_keys'
import { last, type Followed } from './own'

interface Receipt {
  readonly statements: readonly string[]
  readonly line: string
  readonly seq: number
  readonly salt: string
  readonly at: string
  readonly tick_due: string
}

/** A receipt that holds; `ticked` once the entry is shown to be in a tick, from when on it cannot be dropped unseen. */
export interface Kept {
  readonly at: string
  readonly tickDue: string
  readonly ticked: boolean
}

/** Check a receipt for statement `id`, carried by `shown`, against the log's key. Refused with `broken_promise`. */
export async function checkReceipt(
  timeline: Followed,
  log: NamedKey,
  receipt: Statement,
  id: string,
  shown: Shown,
): Promise<Kept> {
  await require(isFromLog(timeline, log, receipt))
  const told = said(receipt, 'receipt') as Receipt
  const leaf = await leafOf(shown)
  await require(told.statements.includes(id) && told.line === shown.line && told.seq === shown.seq)
  await require(shown.proof?.salts.type === b64(await fieldSalt(unb64(told.salt), 'type')))
  await require(leaf !== null && b64(leaf) === shown.leaf)
  return { at: told.at, tickDue: told.tick_due, ticked: await isTicked(timeline, shown) }
}

async function isTicked({ main, slots }: Followed, shown: Shown): Promise<boolean> {
  const slot = slots.get(shown.seq)
  if (!slot) return false
  const { root, slots: size } = main[slot.tick - 1]!.event as unknown as Ticked
  const { place, salt, path } = slot.proof
  const value = await leafHash(await slotOf(unb64(salt), unb64(shown.leaf)))
  await require(includes(unb64(root), size, place, value, path.map(unb64)))
  return true
}

interface Close {
  readonly lots: readonly { readonly lot: string; readonly root: string }[]
}

/** The close, if it is signed by the log and counts every part of this bid. Refused with `broken_promise`. */
export async function checkedClose(timeline: Followed, log: NamedKey, live: BidSubmitted): Promise<Statement> {
  const close = last<RosterPublished>(timeline, 'RosterPublished')?.close
  const proofs = timeline.view.me.bids?.[live.bid]?.proofs
  if (!close || !proofs) throw broken()
  await require(isFromLog(timeline, log, close))
  const root = rootOf(close, live.lot)
  for (const { submission } of live.parts) {
    const id = await statementId(submission)
    const proof = proofs[id]
    if (!proof) throw broken()
    await require(includes(root, proof.size, proof.index, await leafHash(unb64(id)), proof.path.map(unb64)))
  }
  return close
}

/** Whether one of the keys that the log has had signed a statement: the one in the policy, or one that followed it. */
async function isFromLog({ main }: Followed, log: NamedKey, statement: Statement): Promise<boolean> {
  const rotated = main.map(({ event }) => event).filter((event) => event?.type === 'LogKeyRotated')
  const keys = await keysOf(log, rotated.map((event) => event?.statement as Statement))
  const signed = await Promise.all(keys.map((key) => isSignedBy(statement, ed25519Spki(unb64(key)))))
  return signed.includes(true)
}

function rootOf(close: Statement, lot: string): Bytes {
  const counted = (said(close, 'close') as Close).lots.find((one) => one.lot === lot)
  return unb64(counted?.root ?? '')
}

async function require(holds: boolean | Promise<boolean>): Promise<void> {
  if (!(await holds)) throw broken()
}

function broken(): Refused {
  return Refused.because(
    'broken_promise',
    '服务器给出的凭证与本页核验结果不符。请保留本页和已下载的文件，立即联系监督人员。',
    'What the server promised does not hold. Keep this page and your files, and call the supervisor at once.',
  )
}
