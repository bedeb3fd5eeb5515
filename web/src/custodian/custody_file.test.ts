// @vitest-environment node
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { random } from '../seal/bytes'
import { keyId, publicKey } from '../seal/xwing'
import { readCustody, writeCustody, type CustodyKey } from './custody_file'

const SECRET = '保管口令 2026'
const SESSION = 'KB-2026-0107'
const STORED = new URL('../../../tests/vectors/keys.custody', import.meta.url)

async function key(part: string): Promise<CustodyKey> {
  const seed = random(32)
  return { lot: '1', part, kid: await keyId(await publicKey(seed)), seed }
}

test('what is written is read with the same passphrase, for the same session', async () => {
  const held = [await key('readout_form'), await key('draw')]
  const file = await writeCustody(SESSION, held, SECRET)
  expect(await readCustody(file, SESSION, SECRET)).toEqual(held)
  await expect(readCustody(file, SESSION, 'another')).rejects.toMatchObject({ refusal: { code: 'custody_file' } })
  await expect(readCustody(file, 'KB-2026-0108', SECRET)).rejects.toMatchObject({ refusal: { code: 'custody_file' } })
})

test('a file in which keys were exchanged is not read', async () => {
  const file = await writeCustody(SESSION, [await key('readout_form'), await key('draw')], SECRET)
  const told = JSON.parse(file) as { keys: unknown[] }
  const exchanged = JSON.stringify({ ...told, keys: [...told.keys].reverse() })
  await expect(readCustody(exchanged, SESSION, SECRET)).rejects.toMatchObject({ refusal: { code: 'custody_file' } })
})

test('the stored file, which the command line reads too', async () => {
  const held = await readCustody(readFileSync(STORED, 'utf-8'), SESSION, SECRET)
  expect(held.map(({ part }) => part)).toEqual(['readout_form', 'draw'])
})
