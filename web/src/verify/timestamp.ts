import type * as asn1js from 'asn1js'
import { Certificate, ExtKeyUsage, IssuerAndSerialNumber, PKIStatus, SignedData, TimeStampResp, TSTInfo } from 'pkijs'
import { b64, unb64, type Bytes } from '../seal/bytes'
import { isGoodAuthority, issuedBy, type Authority } from './certificates'
import { hash } from './hash'

/** Bytes that an answer may have. */
const MOST = 16 << 10
const TST_INFO = '1.2.840.113549.1.9.16.1.4'
const SHA256 = '2.16.840.1.101.3.4.2.1'
const EXTENDED_KEY_USAGE = '2.5.29.37'
const TIME_STAMPING = '1.3.6.1.5.5.7.3.8'
const MOST_INTERMEDIATES = 2

/**
 * When one of these authorities of time signed that `leaf` was there (RFC 3161); null if none did. `token` is the whole
 * answer, base64url.
 */
export async function stampedAt(token: string, leaf: Bytes, authorities: readonly Authority[]): Promise<number | null> {
  try {
    const signed = signedIn(unb64(token))
    const info = TSTInfo.fromBER(contentOf(signed))
    const { hashAlgorithm, hashedMessage } = info.messageImprint
    const imprint = b64(new Uint8Array(hashedMessage.valueBlock.valueHexView))
    if (hashAlgorithm.algorithmId !== SHA256 || imprint !== b64(hash(leaf))) return null
    const holds = await signed.verify({ signer: 0, data: leaf.slice().buffer, checkChain: false })
    const at = info.genTime.getTime()
    return holds && (await isVouched(signed, at, authorities)) ? at : null
  } catch {
    return null
  }
}

/** What the authority signed; an Error unless it granted the stamp, and signed it alone. */
function signedIn(raw: Bytes): SignedData {
  if (raw.length > MOST) throw new RangeError('too long for a time stamp')
  const { status, timeStampToken } = TimeStampResp.fromBER(raw)
  if (status.status !== PKIStatus.granted || !timeStampToken) throw new TypeError('no stamp was granted')
  const signed = new SignedData({ schema: timeStampToken.content as asn1js.Sequence })
  if (signed.signerInfos.length !== 1 || signed.encapContentInfo.eContentType !== TST_INFO) throw new TypeError('no stamp')
  return signed
}

function contentOf({ encapContentInfo }: SignedData): Bytes {
  return new Uint8Array(encapContentInfo.eContent!.getValue())
}

/** Whether the signer's certificate is for time stamping, valid then, and issued by one of the authorities. */
async function isVouched(signed: SignedData, at: number, authorities: readonly Authority[]): Promise<boolean> {
  const embedded = (signed.certificates ?? []).filter((one) => one instanceof Certificate)
  const { sid } = signed.signerInfos[0]!
  const signer = embedded.find((one) => sid instanceof IssuerAndSerialNumber && isNamedBy(one, sid))
  if (!signer || !stamps(signer)) return false
  const roots = authorities.map(({ certificate }) => certificate)
  return leadsToRoot(signer, embedded, roots, Math.floor(at / 1000) * 1000, MOST_INTERMEDIATES)
}

function isNamedBy({ issuer, serialNumber }: Certificate, sid: IssuerAndSerialNumber): boolean {
  return issuer.isEqual(sid.issuer) && serialNumber.isEqual(sid.serialNumber)
}

function stamps({ extensions }: Certificate): boolean {
  const usage = extensions?.find(({ extnID }) => extnID === EXTENDED_KEY_USAGE)
  const value: unknown = usage?.parsedValue
  return usage?.critical === true && value instanceof ExtKeyUsage && value.keyPurposes.includes(TIME_STAMPING)
}

async function leadsToRoot(
  certificate: Certificate,
  embedded: readonly Certificate[],
  roots: readonly Certificate[],
  at: number,
  left: number,
): Promise<boolean> {
  if (await issuedBy(certificate, roots, at)) return true
  if (left === 0) return false
  for (const other of embedded.filter((one) => one !== certificate && isGoodAuthority(one, at))) {
    const onward = (await issuedBy(certificate, [other], at)) && leadsToRoot(other, embedded, roots, at, left - 1)
    if (await onward) return true
  }
  return false
}
