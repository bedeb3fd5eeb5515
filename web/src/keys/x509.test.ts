// @vitest-environment node
import { readFileSync } from 'node:fs'
import { CertificationRequest } from 'pkijs'
import { expect, test } from 'vitest'
import { unb64 } from '../seal/bytes'
import { certificateRequest, keptKey, readPkcs12, serialOf } from './x509'

const file = Uint8Array.from(readFileSync(new URL('../../../tests/vectors/person.p12', import.meta.url))).buffer
const PASSPHRASE = '演示口令'

test('a PKCS#12 file gives its key and whose it is, and the key stays in the browser', async () => {
  const key = await readPkcs12(file, PASSPHRASE)
  expect(key).toMatchObject({ person: '91330000TEST0001X1', name: '甲公司 <script>alert(1)</script>', issuer: '测试机构' })
  expect(key.privateKey.extractable).toBe(false)
  expect(serialOf(key.certificate)).toBe('2d822124ae7f0454e8224aff4ef6b4c5cb65023f')
  const again = await keptKey(unb64(key.certificate), key.privateKey)
  expect(again.keyid).toBe(key.keyid)
})

test('another passphrase and another file are told apart', async () => {
  await expect(readPkcs12(file, 'wrong')).rejects.toThrow('wrong_passphrase')
  await expect(readPkcs12(new Uint8Array([1, 2, 3]).buffer, PASSPHRASE)).rejects.toThrow('not_pkcs12')
})

test('each attribute of the name stands in a set of its own, whatever their lengths', async () => {
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify'])
  for (const [person, name] of [['zhang-03', '张三'], ['z-3', '一个名称很长的公司']] as const) {
    const hex = Buffer.from(await certificateRequest(pair, person, name)).toString('hex')
    expect(hex.match(/31..30..0603550403/g)).toHaveLength(1)
    expect(hex.match(/31..30..0603550405/g)).toHaveLength(1)
  }
})

test('a request for a certificate is signed by its own key and names the person', async () => {
  const how = { name: 'ECDSA', namedCurve: 'P-256' }
  const pair = await crypto.subtle.generateKey(how, false, ['sign', 'verify'])
  const der = await certificateRequest(pair, 'zhang-03', '张三')
  const request = CertificationRequest.fromBER(der)
  expect(await request.verify()).toBe(true)
  expect(Buffer.from(der).toString('hex')).toContain('a000') // no attributes, but their place
  expect(request.subject.typesAndValues.map(({ value }) => value.valueBlock.value)).toEqual(['张三', 'zhang-03'])
})
