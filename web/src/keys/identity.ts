/** Who acts on this page, and its signature. The key stays in the browser. */

import { computed, shallowRef } from 'vue'
import { keptSigner } from '../seal/signing'
import { countersign, state } from '../seal/statements'
import { Refused } from '../timeline/refused'
import type { Signed } from '../wire'
import { keptKeys, type KeptKey } from './store'

/** A person, by certificate. */
export type Identity = Omit<KeptKey, 'privateKey'>

const CHOSEN = 'key'
const kept = shallowRef<readonly KeptKey[]>([])
const chosen = shallowRef(localStorage.getItem(CHOSEN) ?? '')

/** Everybody whose key this browser keeps. */
export const identities = computed<readonly Identity[]>(() => kept.value)

/** Who acts on this page; null if this browser keeps no key. */
export const identity = computed<Identity | null>(() => current())

/** Learn which keys this browser keeps. */
export async function loadIdentities(): Promise<void> {
  kept.value = await keptKeys.all()
}

/** Act as the owner of this key from now on. */
export function choose(keyid: string): void {
  chosen.value = keyid
  localStorage.setItem(CHOSEN, keyid)
}

/** Keep a key, and act as its owner. */
export async function keep(key: KeptKey): Promise<void> {
  await keptKeys.put(key)
  await loadIdentities()
  choose(key.keyid)
}

/** Forget a key: without another copy its owner can sign no more. */
export async function forget(keyid: string): Promise<void> {
  await keptKeys.drop(keyid)
  await loadIdentities()
}

/** The payload as a statement of this page's person, with its certificate. Refused with `no_key` if there is none. */
export async function sign(kind: string, payload: object): Promise<Signed> {
  const key = required()
  const statement = await state(kind, payload, keptSigner(key.keyid, key.privateKey))
  return { statement, certificates: [key.certificate] }
}

function current(): KeptKey | null {
  return kept.value.find(({ keyid }) => keyid === chosen.value) ?? kept.value[0] ?? null
}

/** The same statement with this page's signature behind those it has. */
export async function countersigned({ statement, certificates }: Signed): Promise<Signed> {
  const key = required()
  const both = await countersign(statement, keptSigner(key.keyid, key.privateKey))
  return { statement: both, certificates: [...certificates, key.certificate] }
}

function required(): KeptKey {
  const key = current()
  if (key) return key
  throw Refused.because('no_key', '本浏览器没有您的签名证书，请先导入证书。', 'This browser keeps no key of yours.')
}
