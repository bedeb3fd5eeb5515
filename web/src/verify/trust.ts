import * as v from 'valibot'
import type { Bytes } from '../seal/bytes'
import { authorityOf, Registry } from './certificates'
import { alike, unb64Sized } from './hash'
import type { NamedKey } from './note'
import { trust as schema, type TrustFile } from './values'

/** The trust file cannot be used. */
export class BadTrust extends Error {}

/** By whose keys a bundle is judged. */
export class Trust {
  readonly registry: Registry
  readonly log: NamedKey
  readonly cosigners: readonly NamedKey[]

  /** An Error if a certificate or key in it cannot be read. */
  constructor(readonly file: TrustFile) {
    this.registry = new Registry(file.roots.map(authorityOf))
    this.log = namedKey(file.log)
    this.cosigners = file.cosigners.map(namedKey)
  }

  get quorum(): number {
    return this.file.quorum
  }

  /** Fingerprints of the authorities, as a policy names them. */
  get authorities(): string[] {
    return this.registry.authorities.map(({ fingerprint }) => fingerprint).sort()
  }

  /** Whether both name the same authorities, log and cosigners, however their certificates are written. */
  sameAs(other: Trust): boolean {
    return alike(this.compared, other.compared)
  }

  private get compared(): object {
    const { log, cosigners, quorum } = this.file
    return { authorities: this.authorities, log, cosigners, quorum }
  }
}

/** The trust file in these bytes; BadTrust if it cannot be used. */
export function readTrust(raw: Uint8Array): Trust {
  let trust: Trust
  try {
    trust = new Trust(v.parse(schema, JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(raw))))
  } catch {
    throw new BadTrust('not a trust file')
  }
  const { roots, cosigners, quorum } = trust.file
  const distinct = new Set(cosigners.map(({ key }) => key)).size
  if (!roots.length || quorum < 1 || quorum > distinct || distinct !== cosigners.length) {
    throw new BadTrust('no authority, or an impossible quorum')
  }
  return trust
}

function namedKey({ name, key }: { name: string; key: string }): NamedKey {
  const raw: Bytes = unb64Sized(key, 32)
  return { name, key: raw }
}
