import { expect, test } from 'vitest'
import { merged } from './patch'

test('a patch adds, replaces, descends and removes', () => {
  const view = { phase: 'LOBBY', bids: { a: { number: 1 }, b: { number: 2 } }, ends_at: 'x' }
  const patch = { phase: 'READOUT', bids: { a: { name: '甲' }, b: null }, ends_at: null, k: 2 }
  expect(merged(view, patch)).toEqual({ phase: 'READOUT', bids: { a: { number: 1, name: '甲' } }, k: 2 })
  expect(view.bids.b.number).toBe(2)
})

test('a list is replaced whole', () => {
  expect(merged({ counts: [1, 2] }, { counts: [3] })).toEqual({ counts: [3] })
})

test('an object takes the place of anything else, without the nulls in it', () => {
  expect(merged({ form: 'x' }, { form: { price: '1', quality: null } })).toEqual({ form: { price: '1' } })
})
