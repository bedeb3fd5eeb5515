/** Certificates, PKCS#12 files and requests for certificates. Loaded only where one is read or made. */

import * as asn1 from 'asn1js'
import {
  AttributeTypeAndValue,
  AuthenticatedSafe,
  CertBag,
  Certificate,
  CertificationRequest,
  PFX,
  PKCS8ShroudedKeyBag,
  RelativeDistinguishedNames,
  type SafeBag,
} from 'pkijs'
import { b64, text, unb64, type Bytes } from '../seal/bytes'
import { keyIdOf } from '../seal/signing'
import { Refused } from '../timeline/refused'
import type { KeptKey } from './store'

const P256 = { name: 'ECDSA', namedCurve: 'P-256' }
const [COMMON_NAME, SERIAL_NUMBER, ORGANIZATION] = ['2.5.4.3', '2.5.4.5', '2.5.4.10']
const [SHROUDED_KEY, CERTIFICATE] = ['1.2.840.113549.1.12.10.1.2', '1.2.840.113549.1.12.10.1.3']

/** The key in a PKCS#12 file with its certificate. Refused: `not_pkcs12`, `wrong_passphrase`, `unfit_certificate`. */
export async function readPkcs12(file: ArrayBuffer, passphrase: string): Promise<KeptKey> {
  const bags = await bagsOf(parsed(file), new TextEncoder().encode(passphrase).buffer)
  const pkcs8 = bags.find(({ bagId }) => bagId === SHROUDED_KEY)?.bagValue as PKCS8ShroudedKeyBag | undefined
  const key = pkcs8?.parsedValue
  const certificates = bags.filter(({ bagId }) => bagId === CERTIFICATE).map(({ bagValue }) => bagValue as CertBag)
  if (!key || !certificates.length) throw unfit()
  const pem = new Uint8Array(key.toSchema().toBER(false))
  const privateKey = await crypto.subtle.importKey('pkcs8', pem, P256, false, ['sign']).catch(() => {
    throw unfit()
  })
  for (const bag of certificates) {
    const der = new Uint8Array((bag.parsedValue as Certificate).toSchema(true).toBER(false))
    if (await belongs(der, privateKey)) return keptKey(der, privateKey)
  }
  throw unfit()
}

/** A key with its certificate, as the browser keeps it. Refused with `unfit_certificate` if it names nobody. */
export async function keptKey(der: Bytes, privateKey: CryptoKey): Promise<KeptKey> {
  const certificate = Certificate.fromBER(der)
  const { subject, issuer } = certificate
  const person = named(subject, SERIAL_NUMBER)
  const name = named(subject, ORGANIZATION) ?? named(subject, COMMON_NAME)
  if (person === undefined || name === undefined) throw unfit()
  return {
    keyid: await keyIdOf(spkiOf(certificate)),
    person,
    name,
    issuer: named(issuer, COMMON_NAME) ?? named(issuer, ORGANIZATION) ?? '',
    until: certificate.notAfter.value.toISOString(),
    certificate: b64(der),
    privateKey,
  }
}

/** A certificate's number, as its authority lists it: hexadecimal, without leading zeros. */
export function serialOf(certificate: string): string {
  const bytes = Certificate.fromBER(unb64(certificate)).serialNumber.valueBlock.valueHexView
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('').replace(/^0+(?=.)/, '')
}

/** A PKCS#10 request, in DER, for a new key's certificate. */
export async function certificateRequest(pair: CryptoKeyPair, person: string, name: string): Promise<Bytes> {
  // RFC 2986 wants the attributes even if there are none; left out, the server cannot read the request.
  const request = new CertificationRequest({ attributes: [] })
  request.subject = new RelativeDistinguishedNames({
    valueBeforeDecode: dn(
      new AttributeTypeAndValue({ type: COMMON_NAME, value: new asn1.Utf8String({ value: name }) }),
      new AttributeTypeAndValue({ type: SERIAL_NUMBER, value: new asn1.PrintableString({ value: person }) }),
    ),
  })
  await request.subjectPublicKeyInfo.importKey(pair.publicKey)
  await request.sign(pair.privateKey, 'SHA-256')
  return new Uint8Array(request.toSchema(true).toBER(false))
}

/** A name of one attribute after another; all in one set they would have to be sorted by their bytes. */
function dn(...attributes: readonly AttributeTypeAndValue[]): ArrayBuffer {
  const sets = attributes.map((one) => new asn1.Set({ value: [one.toSchema()] }))
  return new asn1.Sequence({ value: sets }).toBER(false)
}

function parsed(file: ArrayBuffer): PFX {
  try {
    return PFX.fromBER(file)
  } catch {
    throw Refused.because('not_pkcs12', '这不是证书文件（.p12 或 .pfx）。', 'This is no PKCS#12 file (.p12, .pfx).')
  }
}

async function bagsOf(pfx: PFX, password: ArrayBuffer): Promise<SafeBag[]> {
  try {
    await pfx.parseInternalValues({ password, checkIntegrity: true })
    const safe = pfx.parsedValue?.authenticatedSafe as AuthenticatedSafe
    await safe.parseInternalValues({ safeContents: safe.safeContents.map(() => ({ password })) })
    const { safeContents: contents } = safe.parsedValue as { safeContents: { value: { safeBags: SafeBag[] } }[] }
    const bags = contents.flatMap(({ value }) => value.safeBags)
    const shrouded = bags.filter(({ bagId }) => bagId === SHROUDED_KEY)
    for (const { bagValue } of shrouded) await opened(bagValue as PKCS8ShroudedKeyBag, password)
    return bags
  } catch {
    throw Refused.because(
      'wrong_passphrase',
      '口令不对，或证书文件的加密方式过旧。文件没有被改动，请核对口令后重试。',
      'The passphrase is another, or the file is encrypted in an outdated way. Check it and try again.',
    )
  }
}

/** `parseInternalValues` is what the library's own safe bags are opened with; its type hides it. */
async function opened(bag: PKCS8ShroudedKeyBag, password: ArrayBuffer): Promise<void> {
  await (bag as unknown as { parseInternalValues(how: object): Promise<void> }).parseInternalValues({ password })
}

async function belongs(der: Bytes, privateKey: CryptoKey): Promise<boolean> {
  const spki = spkiOf(Certificate.fromBER(der))
  try {
    const key = await crypto.subtle.importKey('spki', spki, P256, false, ['verify'])
    const how = { name: 'ECDSA', hash: 'SHA-256' }
    const proof = text('the certificate is for this key')
    return await crypto.subtle.verify(how, key, await crypto.subtle.sign(how, privateKey, proof), proof)
  } catch {
    return false
  }
}

function spkiOf(certificate: Certificate): Bytes {
  return new Uint8Array(certificate.subjectPublicKeyInfo.toSchema().toBER(false))
}

function named(names: RelativeDistinguishedNames, type: string): string | undefined {
  const found = names.typesAndValues.find((one) => one.type === type)
  return found?.value.valueBlock.value
}

function unfit(): Refused {
  return Refused.because(
    'unfit_certificate',
    '文件中没有可用的签名证书：需要 P-256 密钥，且证书须载明主体代码和名称。',
    'There is no fit certificate in the file: it needs a P-256 key, and a subject with serialNumber and name.',
  )
}
