import { CertificateRevocationList, type RevokedCertificate } from 'pkijs'
import { b64, type Bytes } from '../seal/bytes'
import { endOf, hexadecimal, mayList, serialOf, type Authority, type Registry } from './certificates'
import { hash } from './hash'
import { textOf, when } from './instants'
import type { CrlNoted } from './values'

/** A list of revoked certificates that its authority has signed. */
export interface Crl {
  readonly noted: CrlNoted
  /** Since when, by serial number in hexadecimal. */
  readonly revoked: ReadonlyMap<string, number>
  /** Why, where the list tells: the CRLReason of RFC 5280, section 5.3.1. */
  readonly reasons: ReadonlyMap<string, number>
}

export type Status = 'good' | 'revoked' | 'unknown'

const CRL_REASON = '2.5.29.21'
const [CA_COMPROMISE, ON_HOLD, AA_COMPROMISE] = [2, 6, 10]
const UNDERSTOOD = ['2.5.29.20', '2.5.29.35']

/** The list, if one of the authorities has signed it and it is whole; null otherwise. */
export async function readCrl(raw: Bytes, authorities: readonly Authority[]): Promise<Crl | null> {
  try {
    const crl = CertificateRevocationList.fromBER(raw)
    const root = await signerOf(crl, authorities)
    const whole = (crl.crlExtensions?.extensions ?? []).every(
      ({ critical, extnID }) => !critical || UNDERSTOOD.includes(extnID),
    )
    return root && whole && crl.nextUpdate ? believed(raw, crl, root) : null
  } catch {
    return null
  }
}

function believed(raw: Bytes, crl: CertificateRevocationList, root: Authority): Crl {
  const noted = {
    authority: root.fingerprint,
    hash: b64(hash(raw)),
    this_update: textOf(crl.thisUpdate.value.getTime()),
    next_update: textOf(crl.nextUpdate!.value.getTime()),
  }
  const revoked = new Map(
    (crl.revokedCertificates ?? []).map(({ userCertificate, revocationDate }) => [
      hexadecimal(userCertificate),
      revocationDate.value.getTime(),
    ]),
  )
  return { noted, revoked, reasons: new Map((crl.revokedCertificates ?? []).flatMap(reasonIn)) }
}

/** By serial number; nothing where the entry tells none. */
function reasonIn({ userCertificate, crlEntryExtensions }: RevokedCertificate): [string, number][] {
  const told = crlEntryExtensions?.extensions.find(({ extnID }) => extnID === CRL_REASON)
  const code = told?.extnValue.valueBlock.valueHexView.at(-1)
  return code === undefined ? [] : [[hexadecimal(userCertificate), code]]
}

/**
 * Whether it is the authority's failure that its list `then` had this certificate, by what its lists say: it was itself
 * compromised, or it had put the certificate on hold and no longer has it on its list `last`, though the certificate
 * has not run out. Whatever else a certificate is revoked for lies with its holder.
 */
export function takenBackWrongly(der: string, then: Crl, last: Crl): boolean {
  const serial = serialOf(der)
  const reason = then.reasons.get(serial)
  if (reason === ON_HOLD) return !last.revoked.has(serial) && when(last.noted.this_update) <= endOf(der)
  return reason === CA_COMPROMISE || reason === AA_COMPROMISE
}

/** The status of a certificate at an instant, by the lists in force. */
export async function statusOf(
  der: string,
  crls: readonly Crl[],
  registry: Registry,
  at: number,
): Promise<Status> {
  const issuers = new Set((await registry.issuersOf(der)).map(({ fingerprint }) => fingerprint))
  const crl = crls.find(({ noted }) => issuers.has(noted.authority))
  if (!crl) return 'unknown'
  const since = crl.revoked.get(serialOf(der))
  if (since !== undefined && since <= at) return 'revoked'
  return at <= when(crl.noted.next_update) ? 'good' : 'unknown'
}

async function signerOf(crl: CertificateRevocationList, authorities: readonly Authority[]): Promise<Authority | null> {
  for (const authority of authorities) {
    const { certificate } = authority
    const named = crl.issuer.isEqual(certificate.subject)
    if (named && mayList(certificate) && (await crl.verify({ issuerCertificate: certificate }))) return authority
  }
  return null
}
