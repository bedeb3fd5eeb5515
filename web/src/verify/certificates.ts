import * as asn1js from 'asn1js'
import { BasicConstraints, Certificate, RelativeDistinguishedNames, RSAPublicKey } from 'pkijs'
import { b64, unb64, type Bytes } from '../seal/bytes'
import { isSignedBy } from '../seal/signing'
import { hash } from './hash'
import type { Signed } from './values'

/** No certificate, none of a trusted authority, or not good at that time. */
class NotTrusted extends Error {}

/** A person as a trusted certificate names it. */
export interface Certified {
  readonly person: string
  readonly name: string
  /** Of the key that signed. */
  readonly keyid: string
}

type Named = Omit<Certified, 'keyid'>

/** An authority's own certificate. */
export interface Authority {
  readonly certificate: Certificate
  readonly fingerprint: string
}

const BASIC_CONSTRAINTS = '2.5.29.19'
const KEY_USAGE = '2.5.29.15'
const SERIAL_NUMBER = '2.5.4.5'
const NAMES = ['2.5.4.10', '2.5.4.3']
/** authorityInfoAccess, keyIdentifiers, keyUsage, subjectAltName, basicConstraints, nameConstraints, extendedKeyUsage. */
const KNOWN = ['1.3.6.1.5.5.7.1.1', '2.5.29.35', '2.5.29.14', KEY_USAGE, '2.5.29.17', BASIC_CONSTRAINTS, '2.5.29.30', '2.5.29.37']
/** ECDSA and RSA (PKCS #1, PSS) with SHA-256, -384, -512. */
const SIGNATURES = [
  ...['1.2.840.10045.4.3.2', '1.2.840.10045.4.3.3', '1.2.840.10045.4.3.4'],
  ...['1.2.840.113549.1.1.11', '1.2.840.113549.1.1.12', '1.2.840.113549.1.1.13', '1.2.840.113549.1.1.10'],
]
const RSA = '1.2.840.113549.1.1.1'
const LEAST_RSA_BYTES = 256
const P256_SPKI = 'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE'
const ED25519_SPKI = 'MCowBQYDK2VwAyEA'
const DIGITAL_SIGNATURE = 0
const CERT_SIGN = 5
const CRL_SIGN = 6

/** The authority in a PEM text; an Error if there is none. */
export function authorityOf(pem: string): Authority {
  const [, body] = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/.exec(pem) ?? []
  if (body === undefined) throw new TypeError('not a certificate in PEM')
  const der = Uint8Array.from(atob(body.replace(/\s/g, '')), (sign) => sign.charCodeAt(0))
  return { certificate: Certificate.fromBER(der), fingerprint: b64(hash(der)) }
}

/** Judges certificates by the authorities that are trusted; what it has checked once it remembers. */
export class Registry {
  private readonly issued = new Map<string, Promise<boolean>>()

  constructor(readonly authorities: readonly Authority[]) {}

  /** Who signed: every certificate is good at that time and every signature holds, or NotTrusted. */
  async signers(signed: Signed, at: number): Promise<Certified[]> {
    const { statement, certificates } = signed
    if (!certificates.length || certificates.length !== statement.signatures.length) {
      throw new NotTrusted('signatures and certificates do not belong together')
    }
    return Promise.all(
      certificates.map(async (der, place) => {
        const { spki, ...certified } = await this.identify(der, at)
        const keyid = b64(hash(spki))
        const own = statement.signatures[place]!.keyid === keyid
        if (!own || !(await isSignedBy(statement, spki))) throw new NotTrusted('a signature does not hold')
        return { ...certified, keyid }
      }),
    )
  }

  /** The authorities that issued a certificate, whenever that was. */
  async issuersOf(der: string): Promise<Authority[]> {
    const certificate = parsed(der)
    const found = await Promise.all(this.authorities.map((authority) => this.isIssued(der, certificate, authority)))
    return this.authorities.filter((_, place) => found[place])
  }

  private async identify(der: string, at: number): Promise<Named & { spki: Bytes }> {
    const certificate = parsed(der)
    const [issuers, spki] = [await this.issuersOf(der), keyOf(certificate)]
    const second = Math.floor(at / 1000) * 1000
    if (!issuers.some(({ certificate: root }) => isGoodAuthority(root, second))) {
      throw new NotTrusted('no trusted authority vouches for the certificate')
    }
    if (!valid(certificate, second) || certificate.version !== 2 || !maySign(certificate)) {
      throw new NotTrusted('the certificate is not valid at that time, or may not sign')
    }
    return { ...named(certificate), spki }
  }

  private isIssued(der: string, certificate: Certificate, root: Authority): Promise<boolean> {
    const key = `${root.fingerprint} ${der}`
    const known = this.issued.get(key) ?? isSignedByAuthority(certificate, root.certificate)
    this.issued.set(key, known)
    return known
  }
}

/** A certificate's number as lists name it: hexadecimal, no leading zeros. */
export function serialOf(der: string): string {
  return hexadecimal(parsed(der).serialNumber)
}

/** Until when a certificate is valid. */
export function endOf(der: string): number {
  return parsed(der).notAfter.value.getTime()
}

export function hexadecimal({ valueBlock }: asn1js.Integer): string {
  const digits = Array.from(valueBlock.valueHexView, (byte) => byte.toString(16).padStart(2, '0'))
  return digits.join('').replace(/^0+/, '')
}

/** Whether an authority may sign lists of revoked certificates. */
export function mayList(root: Certificate): boolean {
  return uses(root, CRL_SIGN)
}

/** Whether a certificate is valid then, and one of the authorities issued it that was one then. */
export async function issuedBy(certificate: Certificate, roots: readonly Certificate[], at: number): Promise<boolean> {
  const good = roots.filter((root) => isGoodAuthority(root, at))
  const issued = await Promise.all(good.map((root) => isSignedByAuthority(certificate, root)))
  return valid(certificate, at) && issued.includes(true)
}

/** Whether it is an authority's certificate, and valid then. */
export function isGoodAuthority(certificate: Certificate, at: number): boolean {
  return valid(certificate, at) && mayIssue(certificate)
}

/** Whether names and signature say that `root` issued the certificate. */
async function isSignedByAuthority(certificate: Certificate, root: Certificate): Promise<boolean> {
  const algorithm = certificate.signatureAlgorithm.algorithmId
  const named = b64(derOf(certificate.issuer)) === b64(derOf(root.subject))
  if (!named || algorithm !== certificate.signature.algorithmId || !SIGNATURES.includes(algorithm)) return false
  if (!strongEnough(root)) return false
  try {
    return await certificate.verify(root)
  } catch {
    return false
  }
}

function strongEnough({ subjectPublicKeyInfo: key }: Certificate): boolean {
  if (key.algorithm.algorithmId !== RSA) return true
  return key.parsedKey instanceof RSAPublicKey && bytesOfNumber(key.parsedKey.modulus) >= LEAST_RSA_BYTES
}

function bytesOfNumber({ valueBlock }: asn1js.Integer): number {
  const raw = valueBlock.valueHexView
  return raw[0] === 0 ? raw.length - 1 : raw.length
}

function parsed(der: string): Certificate {
  try {
    const raw = unb64(der)
    if (!isDer(raw)) throw new TypeError('not DER')
    return Certificate.fromBER(raw)
  } catch {
    throw new NotTrusted('the certificate cannot be read')
  }
}

/** Whether every length fits: written again, it is the same. */
function isDer(raw: Bytes): boolean {
  return b64(new Uint8Array(asn1js.fromBER(raw).result.toBER())) === b64(raw)
}

/** SubjectPublicKeyInfo in DER: an uncompressed point on P-256, or an Ed25519 key. */
function keyOf({ subjectPublicKeyInfo }: Certificate): Bytes {
  const spki = new Uint8Array(subjectPublicKeyInfo.toSchema().toBER())
  const spelled = btoa(String.fromCharCode(...spki))
  const known = (spki.length === 91 && spelled.startsWith(P256_SPKI)) || (spki.length === 44 && spelled.startsWith(ED25519_SPKI))
  if (!known) throw new NotTrusted('the key is neither P-256 nor Ed25519')
  return spki
}

function valid({ notBefore, notAfter }: Certificate, at: number): boolean {
  return notBefore.value.getTime() <= at && at <= notAfter.value.getTime()
}

function mayIssue(root: Certificate): boolean {
  const constraints = extension(root, BASIC_CONSTRAINTS)
  return constraints?.critical === true && isAuthority(root) && uses(root, CERT_SIGN)
}

function maySign(certificate: Certificate): boolean {
  const understood = (certificate.extensions ?? []).every(({ critical, extnID }) => !critical || KNOWN.includes(extnID))
  return understood && uses(certificate, DIGITAL_SIGNATURE) && !isAuthority(certificate)
}

function isAuthority(certificate: Certificate): boolean {
  const value: unknown = extension(certificate, BASIC_CONSTRAINTS)?.parsedValue
  return value instanceof BasicConstraints && value.cA
}

function uses(certificate: Certificate, bit: number): boolean {
  const value: unknown = extension(certificate, KEY_USAGE)?.parsedValue
  return value instanceof asn1js.BitString && (value.valueBlock.valueHexView[0]! & (0x80 >> bit)) !== 0
}

function extension(certificate: Certificate, oid: string) {
  return certificate.extensions?.find(({ extnID }) => extnID === oid)
}

function named({ subject }: Certificate): Named {
  const valuesOf = (oid: string): string[] =>
    subject.typesAndValues.filter(({ type }) => type === oid).map(({ value }) => value.valueBlock.value)
  const serials = valuesOf(SERIAL_NUMBER)
  const name = NAMES.flatMap(valuesOf)[0]
  if (serials.length !== 1 || name === undefined) throw new NotTrusted('the certificate names nobody')
  return { person: serials[0]!, name }
}

function derOf(name: RelativeDistinguishedNames): Bytes {
  return new Uint8Array(name.valueBeforeDecode)
}
