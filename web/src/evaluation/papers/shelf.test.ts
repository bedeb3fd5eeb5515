import { expect, it } from 'vitest'
import type { EvaluationView } from '../../wire'
import { besideOf, papersOf } from './shelf'

const VIEW = {
  session: 'PB-1',
  me: { person: 'x', role: 'expert', ask: 'wait' },
  table: { volumes: [{ volume: '技术标', title: '技术标', blind: true }, { volume: 'price', title: '报价' }], review: [], items: [] },
  bids: { b1: { name: '甲公司', form: { price: '1', currency: 'CNY', fields: {} } } },
  papers: [
    { target: 'T-1', volume: '技术标', size: 5 },
    { target: 'T-2', volume: '技术标', size: 6 },
    { target: 'b1', volume: 'price', size: 7 },
  ],
} as unknown as EvaluationView

it('lists what may be read, as the server tells it: a blind volume by its code alone', () => {
  const papers = papersOf(VIEW)
  expect(papers.map(({ title }) => title)).toEqual(['T-1 · 技术标', 'T-2 · 技术标', '甲公司 · 报价'])
  expect(papers[0]!.address).toBe('/api/evaluations/PB-1/papers/T-1/%E6%8A%80%E6%9C%AF%E6%A0%87')
})

it('puts the same volume of the next bid beside a document', () => {
  const papers = papersOf(VIEW)
  expect(besideOf(papers, 'T-1 技术标')?.target).toBe('T-2')
  expect(besideOf(papers, 'T-2 技术标')?.target).toBe('T-1')
  expect(besideOf(papers, 'b1 price')?.target).toBe('T-1')
  expect(besideOf(papers.slice(2), 'b1 price')).toBeUndefined()
})
