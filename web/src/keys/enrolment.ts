/** Asking the centre for a certificate: the key is made here and never leaves this browser. */

import { shallowRef } from 'vue'
import { b64, unb64 } from '../seal/bytes'
import { post, read } from './account'
import { keep } from './identity'
import { keptRequest, type KeptRequest } from './store'

interface Decision {
  readonly state: 'pending' | 'approved' | 'refused'
  readonly certificate: string
  readonly reason: string
}

const held = shallowRef<KeptRequest | null>(null)

/** The request that waits for the centre; null if there is none. */
export const pendingRequest = held

export async function loadRequest(): Promise<void> {
  held.value = (await keptRequest.get()) ?? null
}

/** Make a key and ask for its certificate. */
export async function requestCertificate(person: string, name: string): Promise<void> {
  const { certificateRequest } = await import('./x509')
  const how = { name: 'ECDSA', namedCurve: 'P-256' }
  const pair = await crypto.subtle.generateKey(how, false, ['sign', 'verify'])
  const der = await certificateRequest(pair, person, name)
  const { request } = (await post('/api/enrolments', { request: b64(der) })) as { request: string }
  await keptRequest.put({ request, person, name, pair })
  await loadRequest()
}

/** What the centre has decided; an approved certificate is kept with its key. */
export async function lookAfterRequest(): Promise<Decision | null> {
  const waiting = held.value
  if (!waiting) return null
  const decision = (await read(`/api/enrolments/${waiting.request}`)) as Decision
  if (decision.state === 'approved') {
    const { keptKey } = await import('./x509')
    await keep(await keptKey(unb64(decision.certificate), waiting.pair.privateKey))
  }
  if (decision.state !== 'pending') await dropRequest()
  return decision
}

export async function dropRequest(): Promise<void> {
  await keptRequest.drop()
  await loadRequest()
}
