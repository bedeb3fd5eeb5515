/** Passkeys: a second way of signing in. What is signed needs the certificate all the same. */

import { b64, sha256, text, unb64, type Bytes } from '../seal/bytes'
import { Refused } from '../timeline/refused'
import { account, post, read, signInBy } from './account'
import { identity, sign } from './identity'

export interface Passkey {
  readonly credential: string
  readonly name: string
  readonly added: string
}

/** A person's passkeys, and whether the server's address allows any. */
export interface Passkeys {
  readonly allowed: boolean
  readonly passkeys: readonly Passkey[]
}

const PATIENCE_MS = 50_000
const ALGORITHMS = [-7, -8, -257] as const

/** Whether this browser can have any at this address: browsers want HTTPS, or localhost, and a host name. */
export function passkeysPossible(host: string, secure: boolean): boolean {
  return secure && 'PublicKeyCredential' in window && /[a-z]/i.test(host) && !host.includes(':')
}

export async function readPasskeys(): Promise<Passkeys> {
  return (await read('/api/passkeys')) as Passkeys
}

export async function removePasskey({ credential }: Passkey): Promise<Passkeys> {
  return (await post('/api/passkeys/remove', { credential })) as Passkeys
}

/** Make one on this device, and vouch for it with the certificate. */
export async function addPasskey(name: string, { passkeys }: Passkeys): Promise<Passkeys> {
  if (identity.value?.person !== account.value.person) throw noCertificate()
  const { nonce } = (await post('/api/challenge', {})) as { nonce: string }
  const id = await userOf(account.value.person)
  const made = await asked(() =>
    navigator.credentials.create({
      publicKey: {
        challenge: unb64(nonce),
        rp: { name: location.hostname },
        user: { id, name: account.value.name, displayName: account.value.name },
        pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
        excludeCredentials: passkeys.map(({ credential }) => ({ type: 'public-key', id: unb64(credential) })),
        timeout: PATIENCE_MS,
      },
    }),
  )
  const told = made.response as AuthenticatorAttestationResponse
  const signed = await sign('passkey', { origin: location.origin, nonce, credential: made.id, name })
  const answer = answerOf(made, { attestationObject: told.attestationObject })
  return (await post('/api/passkeys', { signed, answer })) as Passkeys
}

/** Sign in with whichever passkey of this server the device offers. */
export async function signInByPasskey(): Promise<void> {
  const { nonce } = (await post('/api/challenge', {})) as { nonce: string }
  const found = await asked(() =>
    navigator.credentials.get({
      publicKey: { challenge: unb64(nonce), userVerification: 'required', timeout: PATIENCE_MS },
    }),
  )
  const { authenticatorData, signature, userHandle } = found.response as AuthenticatorAssertionResponse
  const answer = answerOf(found, { authenticatorData, signature, ...(userHandle && { userHandle }) })
  await signInBy('/api/passkeys/sign-in', { nonce, answer })
}

/** By which a device knows that two passkeys are of one person; it tells nothing else. */
function userOf(person: string): Promise<Bytes> {
  return sha256(text('passkey'), text(location.hostname), text(person))
}

function answerOf(found: PublicKeyCredential, more: Record<string, ArrayBuffer>): object {
  const raw = { clientDataJSON: found.response.clientDataJSON, ...more }
  const response = Object.fromEntries(Object.entries(raw).map(([name, value]) => [name, b64(new Uint8Array(value))]))
  return { id: found.id, rawId: found.id, type: 'public-key', response }
}

async function asked(ask: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  const found = await ask().catch(() => null)
  if (found instanceof PublicKeyCredential) return found
  throw Refused.because(
    'no_passkey_given',
    '没有使用通行密钥：已取消、超时，或这台设备上没有本站的通行密钥。可以重试，或用证书登录。',
    'No passkey was used: cancelled, too late, or none for this site on this device. Try again, or use your certificate.',
  )
}

function noCertificate(): Refused {
  return Refused.because(
    'no_certificate',
    '添加通行密钥须用您本人的证书签名，请先用证书登录。',
    'A passkey is added with your own certificate’s signature. Sign in with it first.',
  )
}
