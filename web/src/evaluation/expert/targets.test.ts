import { expect, it } from 'vitest'
import type { EvaluationView, ScoreItem } from '../../wire'
import { isPossible, scoresOf, stepped, sumOf, targetsOf } from './targets'

const item: ScoreItem = { item: 'plan', title: '施工组织设计', volume: 'technical', least: '5', most: '40', step: '0.5' }

it('takes only points in the range and on a step, exactly', () => {
  expect(['5', '5.5', '39.50', '40'].every((points) => isPossible(item, points))).toBe(true)
  expect(['', '4.5', '40.5', '5.25', '05', '1e1', ' 6', '６'].some((points) => isPossible(item, points))).toBe(false)
  expect(isPossible({ ...item, least: '0', step: '0.1' }, '0.3')).toBe(true)
})

it('goes by one step and stops at the bounds', () => {
  expect(stepped(item, '39.5', true)).toBe('40')
  expect(stepped(item, '40', true)).toBe('40')
  expect(stepped(item, '5', false)).toBe('5')
  expect(stepped(item, '', true)).toBe('5')
})

it('adds up without a rounding error', () => {
  expect(sumOf(['0.1', '0.2', 'x'])).toBe('0.3')
})

it('lists blind volumes by code in the drawn order, and never under a name', () => {
  const view = {
    wanted: [
      ['bid-1', 'team'],
      ['c-1', 'plan'],
      ['c-9', 'plan'],
    ],
    table: { volumes: [], review: [], items: [item, { ...item, item: 'team', volume: 'business' }] },
    codes: { technical: ['c-9', 'c-1'] },
    bids: { 'bid-1': { name: '甲公司' } },
  } as unknown as EvaluationView
  const targets = targetsOf(view)
  expect(targets.map(({ target, blind, name }) => [target, blind, name])).toEqual([
    ['c-9', true, 'c-9'],
    ['c-1', true, 'c-1'],
    ['bid-1', false, '甲公司'],
  ])
  expect(scoresOf(targets, { 'c-9 plan': '12.5', 'c-1 plan': '99' })).toEqual([{ target: 'c-9', item: 'plan', points: '12.5' }])
})
