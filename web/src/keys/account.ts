/** Who is signed in, and what such a person asks of the server over HTTP. */

import { computed, shallowRef } from 'vue'
import { Refused, unreachable } from '../timeline/refused'
import type { Refusal } from '../wire'
import { choose, identity, identities, sign } from './identity'

interface Account {
  readonly person: string
  readonly name: string
  /** What this page says beside its cookie when it asks for a change. */
  readonly csrf: string
  /** The office at the centre that this person holds; empty for most. */
  readonly office: '' | 'system' | 'security' | 'audit'
  /** Whether this person may schedule sessions. */
  readonly agency: boolean
}

const NOBODY: Account = { person: '', name: '', csrf: '', office: '', agency: false }
const held = shallowRef<Account>(NOBODY)

/** Who is signed in; nobody has an empty person. */
export const account = computed(() => held.value)

/** What goes with every change that this page asks for. */
export function pageToken(): Record<string, string> {
  return held.value.csrf ? { 'X-CSRF-Token': held.value.csrf } : {}
}

/** Learn from the server who is signed in. */
export async function readAccount(): Promise<void> {
  held.value = (await answered(await send('/api/me', { cache: 'no-store' }))) as Account
}

/** Sign in with the key of this page's person, or with the one named. */
export async function signIn(keyid?: string): Promise<void> {
  if (keyid) choose(keyid)
  const { nonce } = (await post('/api/challenge', {})) as { nonce: string }
  held.value = (await post('/api/sign-in', await sign('sign_in', { origin: location.origin, nonce }))) as Account
}

/** Sign in by something else than the certificate; acts are still signed with the person's own, if it is here. */
export async function signInBy(path: string, answer: object): Promise<void> {
  held.value = (await post(path, answer)) as Account
  const own = identities.value.find(({ person }) => person === held.value.person)
  if (own) choose(own.keyid)
}

/** Sign in again as the same person, whom the server has forgotten. False if nobody was signed in. */
export async function signInAgain(): Promise<boolean> {
  const { person } = held.value
  const key = identities.value.find((one) => one.person === person && one.keyid === identity.value?.keyid)
  if (!person || !key) return false
  try {
    await readAccount()
    if (!held.value.person) await signIn(key.keyid)
    return true
  } catch {
    held.value = { ...held.value, person }
    return false
  }
}

export async function signOut(): Promise<void> {
  await post('/api/sign-out', {})
  held.value = NOBODY
}

/** Ask for a change; Refused unless it was done. A file goes as it is. */
export async function post(path: string, body: object): Promise<unknown> {
  const headers = { 'Content-Type': 'application/json', ...pageToken() }
  const told = body instanceof Blob ? body : JSON.stringify(body)
  return answered(await send(path, { method: 'POST', headers, body: told }))
}

/** Read something; Refused if the server does not give it. */
export async function read(path: string): Promise<unknown> {
  return answered(await send(path, { cache: 'no-store' }))
}

/** Read a file that only this person may read; Refused if the server does not give it. */
export async function readBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const answer = await send(path, { cache: 'no-store' })
  if (!answer.ok) throw new Refused((await answer.json()) as Refusal)
  return new Uint8Array(await answer.arrayBuffer())
}

async function send(path: string, how: RequestInit): Promise<Response> {
  try {
    return await fetch(path, how)
  } catch {
    throw unreachable()
  }
}

async function answered(answer: Response): Promise<unknown> {
  const body = (await answer.json()) as unknown
  if (!answer.ok) throw new Refused(body as Refusal)
  return body
}
