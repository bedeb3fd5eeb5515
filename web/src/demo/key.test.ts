import { describe, expect, it } from 'vitest'
import { b64, text } from '../seal/bytes'
import { certificateOf, keyOf } from './key'

/** A certificate that its own key has signed; the key's private number is the bytes 1 to 32. */
const PEM = [
  '-----BEGIN CERTIFICATE-----',
  'MIIBMTCB2aADAgECAgEBMAoGCCqGSM49BAMCMCMxEDAOBgNVBAUTB2hvc3QtMDEx',
  'DzANBgNVBAMMBumZhuaYjjAeFw0yNjAxMDEwMDAwMDBaFw0zNjAxMDEwMDAwMDBa',
  'MCMxEDAOBgNVBAUTB2hvc3QtMDExDzANBgNVBAMMBumZhuaYjjBZMBMGByqGSM49',
  'AgEGCCqGSM49AwEHA0IABFFcPW6545a5BNP+yn9U/c0MwemXvzddylFa0KbDtANf',
  'RTa+OlDzGPv5pUdZAqIhUCvvDVfgjFOyzApW8X2fk1QwCgYIKoZIzj0EAwIDRwAw',
  'RAIgVLQAQxvxp/GwBjykZix2GAsP5K29bEIqH92hvv3oh74CIB7R/lEByoBDucIM',
  'elNGdtwvRHkfelNuTv0/KJzGJzr7',
  '-----END CERTIFICATE-----',
].join('\n')
const D = b64(Uint8Array.from({ length: 32 }, (_, at) => at + 1))

const refusedAs = (code: string) => expect.objectContaining({ refusal: expect.objectContaining({ code }) as unknown }) as unknown

describe("a chair's key", () => {
  it('signs, and cannot be taken out of the browser', async () => {
    const key = await keyOf(certificateOf(PEM), D)
    expect(key.extractable).toBe(false)
    const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, text('present'))
    expect(signature.byteLength).toBe(64)
  })

  it.each(['', D.slice(1), `${D}AA`, 'no key at all'])('is refused when the link was cut or lengthened: %j', async (d) => {
    await expect(keyOf(certificateOf(PEM), d)).rejects.toEqual(refusedAs('no_chair'))
  })

  it('needs a certificate', () => {
    expect(() => certificateOf('{"code": "not_found"}')).toThrow(refusedAs('no_chair'))
  })
})
