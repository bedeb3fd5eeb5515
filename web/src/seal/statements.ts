/** Statements: a JCS payload in a DSSE envelope, signed by the actor. Its id does not depend on who signed. */

import { b64, concat, sha256, text, unb64, type Bytes } from './bytes'
import { jcs, parseJcs } from './canonical'

interface Signature {
  readonly keyid: string
  readonly sig: string
}

export interface Statement {
  readonly payloadType: string
  readonly payload: string
  readonly signatures: readonly Signature[]
}

/** Whoever can sign: a key that the browser keeps, an imported one. */
export interface Signer {
  readonly keyid: string
  sign(message: Bytes): Promise<Bytes>
}

/** The statement is of another kind, or not canonical. */
class BadStatement extends Error {}

export async function state(kind: string, payload: object, ...signers: readonly Signer[]): Promise<Statement> {
  const [payloadType, body] = [mediaType(kind), jcs(payload)]
  const message = pae(payloadType, body)
  const signatures = await Promise.all(signers.map(async (s) => ({ keyid: s.keyid, sig: b64(await s.sign(message)) })))
  return { payloadType, payload: b64(body), signatures }
}

/** The same statement with one signature more. */
export async function countersign(statement: Statement, signer: Signer): Promise<Statement> {
  const added = { keyid: signer.keyid, sig: b64(await signer.sign(messageOf(statement))) }
  return { ...statement, signatures: [...statement.signatures, added] }
}

/** SHA-256(PAE), base64url. */
export async function statementId(statement: Statement): Promise<string> {
  return b64(await sha256(messageOf(statement)))
}

/** What the statement says; tells nothing of who signed it. */
export function said(statement: Statement, kind: string): unknown {
  if (statement.payloadType !== mediaType(kind)) throw new BadStatement(`a ${kind} statement is expected`)
  try {
    return parseJcs(unb64(statement.payload))
  } catch {
    throw new BadStatement(`the ${kind} statement is malformed`)
  }
}

export function messageOf(statement: Statement): Bytes {
  return pae(statement.payloadType, unb64(statement.payload))
}

function mediaType(kind: string): string {
  return `application/vnd.sbid.${kind}+json`
}

function pae(payloadType: string, body: Bytes): Bytes {
  const name = text(payloadType)
  return concat(text(`DSSEv1 ${name.length} `), name, text(` ${body.length} `), body)
}
