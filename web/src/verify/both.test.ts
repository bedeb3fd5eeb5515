// @vitest-environment node
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readTrust } from './trust'
import { verify } from './verify'

/* Forged bundles that Python has judged: tests/verify/test_both.py says where they are. */

interface Forged {
  name: string
  bundle: string
  trust: object | null
  failures: [step: number, what: string][]
}

const folder = process.env.FORGED ?? ''
const cases = folder ? (JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8')) as Forged[]) : []
const PATIENCE_MS = 60_000

test.runIf(folder)('there is something to judge', () => {
  expect(cases).not.toEqual([])
})

test.each(cases)('$name ($bundle)', { timeout: PATIENCE_MS }, async ({ bundle, trust, failures }) => {
  const trusted = trust && readTrust(new TextEncoder().encode(JSON.stringify(trust)))
  const { items } = await verify(new Uint8Array(readFileSync(join(folder, bundle))), trusted)
  const found = items.filter(({ verdict }) => verdict === 'failed').map(({ step, what }) => [step, what])
  expect(found).toEqual(failures)
})
