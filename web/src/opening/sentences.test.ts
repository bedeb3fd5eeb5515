import { expect, test } from 'vitest'
import { i18n, type Language } from '../app/i18n'
import type { OpeningView } from '../wire'
import { tell, word } from './sentences'
import type { SoFar } from './so_far'

const VIEW = {
  session: 's',
  phase: 'READOUT',
  me: { person: '', role: 'observer', ask: 'wait' },
  members: { h: { person: 'h', name: '陆明', role: 'host', side: '' } },
  tender: {
    code: 'QX-1',
    title: '河道整治',
    trading_center: '交易中心',
    tenderer: '水利局',
    lots: [{ lot: '2', title: '监理标段', ceiling_price: '560000.00' }],
  },
  counts: [
    { lot: '1', bids: 4 },
    { lot: '2', bids: 3 },
  ],
  bids: { x: { number: 2, lot: '1' } },
} as const satisfies OpeningView
const SO_FAR: SoFar = { names: new Map([['h', '陆明']]), lastRead: null, struck: new Set<string>() }
const FORM = { price: '1234567.5', currency: 'CNY', fields: { duration_days: 90, quality: '合格', project_manager: '陈立' } }

function said(language: Language, event: { type: string; [field: string]: unknown }): string {
  i18n.global.locale.value = language
  return tell(event, { t: i18n.global.t, view: VIEW, soFar: SO_FAR }).text
}

const TYPES = [...Object.keys(i18n.global.messages.value['zh-CN'].opening.events), 'LotAborted']

test.each(TYPES)('%s is told in both languages, even if only its type is shown', (type) => {
  for (const language of ['zh-CN', 'en'] as const) {
    expect(said(language, { type })).not.toMatch(/opening\.|\{|undefined|^$/)
  }
})

test.each([
  [{ type: 'MemberCheckedIn', person: 'h', by: { person: 'h', role: 'host' } }, '主持人陆明签到'],
  [{ type: 'RosterPublished' }, '公布投标份数：共 7 份'],
  [{ type: 'ReleaseOpened', ends_at: '2026-11-22T02:30:00.000Z' }, '解密开始，时限至 10:30:00'],
  [{ type: 'BidReadOut', name: '临川建设', form: FORM, outcome: 'OPENED' }, '唱标：临川建设，¥1,234,567.50'],
  [{ type: 'BidReadOut', name: '中泽建设', form: null, outcome: 'DEEMED_REVOKED' }, '唱标：中泽建设，视为撤销'],
  [{ type: 'BidSettled', bid: 'x', outcome: 'OPENED' }, '第 2 份投标核验完毕：已开启'],
  [{ type: 'LotAborted', lot: '2', cause: 'too_few_bids' }, '监理标段流标：投标不足规定数量'],
  [{ type: 'BidSubmitted', bidder: 'b', name: '云岭建设', version: 2 }, '云岭建设递交投标（第 2 版）'],
  [{ type: 'RecordSigned', person: 'nobody knows' }, '投标人签署开标记录表'],
  [{ type: 'SomethingOfNextYear' }, 'SomethingOfNextYear'],
])('%o reads %s', (event, sentence) => {
  expect(said('zh-CN', event)).toBe(sentence)
})

test('a deadline is read out of the signed timetable', () => {
  const payload = btoa(JSON.stringify({ deadline: '2026-11-22T02:00:00.000Z' }))
  const signed = { statement: { payload } }
  expect(said('en', { type: 'TimetableSigned', signed })).toBe('Timetable signed, deadline 2026-11-22 10:00:00')
})

test('an entry of a side line is one word', () => {
  i18n.global.locale.value = 'zh-CN'
  expect(word('KeyReleased', i18n.global.t)).toBe('解密')
})
