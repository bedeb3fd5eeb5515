import * as v from 'valibot'
import type { Bytes } from '../seal/bytes'
import { authorityOf, Registry, type Authority } from './certificates'
import { alike, unb64Sized } from './hash'
import type { NamedKey } from './note'
import { agree, follow } from './rotation'
import type { Policy } from './held'
import { trust as schema, type TrustFile } from './values'

/** The trust file cannot be used. */
export class BadTrust extends Error {}

/** By whose keys a bundle is judged. */
export class Trust {
  readonly registry: Registry
  /** Authorities of time, whose certificates for time stamping count. */
  readonly tsa: readonly Authority[]
  /** The log's first key, by which it is known. */
  readonly log: NamedKey
  readonly cosigners: readonly NamedKey[]

  /** An Error if a certificate or key in it cannot be read. */
  constructor(readonly file: TrustFile) {
    this.registry = new Registry(file.roots.map(authorityOf))
    this.tsa = file.tsa.map(authorityOf)
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

  /** Those of the authorities of time, likewise. */
  get stampers(): string[] {
    return this.tsa.map(({ fingerprint }) => fingerprint).sort()
  }

  /** Whether anybody vouches for anything: an authority, distinct cosigners, at least one of whom must sign. */
  get isPossible(): boolean {
    const { roots, cosigners, quorum } = this.file
    const distinct = new Set(cosigners.map(({ key }) => key)).size
    return roots.length > 0 && quorum >= 1 && quorum <= distinct && distinct === cosigners.length
  }

  /** Whether both name the same authorities, log and cosigners, however their certificates are written. */
  sameAs(other: Trust): boolean {
    return alike(this.compared, other.compared) && agree(this.file.successors, other.file.successors)
  }

  /** Whether a policy names exactly these. */
  isNamedBy({ authorities, log, cosigners, quorum, tsa }: Policy): boolean {
    return alike({ authorities, log, cosigners, quorum, stampers: tsa }, this.compared)
  }

  private get compared(): object {
    const { log, cosigners, quorum } = this.file
    return { authorities: this.authorities, log, cosigners, quorum, stampers: this.stampers }
  }
}

/** The trust file in these bytes; BadTrust if it cannot be used. */
export function readTrust(raw: Uint8Array): Trust {
  let trust: Trust
  try {
    trust = new Trust(v.parse(schema, JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(raw))))
    follow(trust.log, trust.file.successors)
  } catch {
    throw new BadTrust('not a trust file')
  }
  if (!trust.isPossible) throw new BadTrust('no authority, or an impossible quorum')
  return trust
}

function namedKey({ name, key }: { name: string; key: string }): NamedKey {
  const raw: Bytes = unb64Sized(key, 32)
  return { name, key: raw }
}
