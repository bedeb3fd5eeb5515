/** What a custodian signs, and the commands that carry it. */

import { sign } from '../keys/identity'
import { done, type Sitting } from '../opening/desk/acts'
import { b64, labelledHash, random, text, unb64 } from '../seal/bytes'
import { keyId, openWith, publicKey } from '../seal/xwing'
import type { Dummy, DrillDealt } from '../wire'
import { prove } from './checks'
import { SEED_SIZE, type CustodyKey } from './custody_file'
import type { Place } from './places'
import type { Seen } from './seen'

/** A fresh key, made on this device. */
export async function freshKey({ lot, part }: Pick<Place, 'lot' | 'part'>): Promise<CustodyKey> {
  const seed = random(SEED_SIZE)
  return { lot, part, kid: await keyId(await publicKey(seed)), seed }
}

/** Offer the public half. */
export async function offerKey(sitting: Sitting, { lot, part, seed }: CustodyKey): Promise<void> {
  const { session } = sitting.timeline
  const signed = await sign('custodian_key', { session, lot, part, public_key: b64(await publicKey(seed)) })
  await done(sitting, { type: 'OfferCustodianKey', signed })
}

/** Ask for a dummy sealed to this key. */
export async function beginDrill(sitting: Sitting, { kid }: CustodyKey): Promise<void> {
  await done(sitting, { type: 'BeginDrill', kid })
}

/** The dummy dealt last to this key; null until it is here. */
export function dummyFor({ timeline }: Sitting, kid: string): Dummy | null {
  const dealt = timeline.main.filter(({ event }) => event?.type === 'DrillDealt')
  const dummies = dealt.map(({ event }) => (event as unknown as DrillDealt).dummy)
  return dummies.filter((dummy) => dummy.kid === kid).at(-1) ?? null
}

/** Prove that this page has the key: open the dummy, and tell what it holds. */
export async function answerDrill(sitting: Sitting, dummy: Dummy, { kid, seed }: CustodyKey): Promise<void> {
  const { session } = sitting.timeline
  const info = await labelledHash('sbe/1 drill', text(session), text(kid))
  const secret = b64(await openWith(seed, unb64(dummy.hpke), info))
  const signed = await sign('custodian_drill', { session, kid, secret })
  await done(sitting, { type: 'AnswerDrill', signed })
}

/** Publish a key, or entrust it to the server where its part is not read out; Broken before anything is signed unless every check holds now. */
export async function publishKey(sitting: Sitting, seen: Seen, key: CustodyKey, { opened }: Place): Promise<void> {
  const { close, window } = await prove(seen)
  const { session } = sitting.timeline
  const custody = { session, close, window_closed: window, kid: key.kid, seed: b64(key.seed) }
  const signed = await sign('custody', custody)
  await done(sitting, { type: opened === 'published' ? 'PublishKey' : 'EntrustKey', signed })
}

/** Of an aborted session: sign that the keys are gone. */
export async function confirmDestroyed(sitting: Sitting, kids: readonly string[]): Promise<void> {
  const { session } = sitting.timeline
  const signed = await sign('keys_destroyed', { session, kids: [...kids].sort() })
  await done(sitting, { type: 'ConfirmKeysDestroyed', signed })
}
