import { expect, test } from 'vitest'
import type { BidRow, Lot, OpeningView } from '../wire'
import { barOf, pagesOf, pageWith } from './pages'

const lot = (name: string): Lot => ({ lot: name, title: name, ceiling_price: '1000000' })
const form = (price: string, currency = 'CNY') => ({
  ...{ price, currency, fields: { duration_days: 90, quality: '合格', project_manager: '李工' } },
})

function viewOf(counts: Readonly<Record<string, number>>): OpeningView {
  const bids: Record<string, BidRow> = {}
  for (const [name, count] of Object.entries(counts)) {
    for (let number = count; number > 0; number -= 1) bids[`${name}${number}`] = { number, lot: name }
  }
  const tender = { code: 'c', title: 't', trading_center: 'x', tenderer: 'y', lots: Object.keys(counts).map(lot) }
  return { session: 's', phase: 'READOUT', me: { person: '', role: 'observer', ask: 'wait' }, tender, bids }
}

test('five rows a page, in order, lot by lot; a lot without bids has no page', () => {
  const pages = pagesOf(viewOf({ a: 7, b: 0, c: 2 }))
  expect(pages.map(({ lot: { lot: name }, page, pages: of, rows }) => [name, page, of, rows.length])).toEqual([
    ['a', 1, 2, 5],
    ['a', 2, 2, 2],
    ['c', 1, 1, 2],
  ])
  expect(pages[0]!.rows.map(({ row }) => row.number)).toEqual([1, 2, 3, 4, 5])
  expect(pageWith(pages, 'a6')).toBe(1)
  expect(pageWith(pages, 'nobody')).toBe(-1)
})

test('bars are drawn against the ceiling, also above it, and only where prices compare', () => {
  const row = (of?: BidRow['form']) => ({ bid: 'b', lot: lot('a'), row: { number: 1, lot: 'a', ...(of && { form: of }) } })
  expect(barOf(row(form('750000')))).toEqual({ price: 75, ceiling: 100 })
  expect(barOf(row(form('2000000')))).toEqual({ price: 100, ceiling: 50 })
  expect(barOf(row(form('750000', 'USD')))).toBeNull()
  expect(barOf(row())).toBeNull()
})
