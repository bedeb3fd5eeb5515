import { expect, test } from 'vitest'
import { filled, memberFaults, newDraft, newLot, tenderOf, type Draft } from './draft'

function draft(changes: Partial<Draft> = {}): Draft {
  return { ...newDraft('host-01', '陆明'), ...changes }
}

test('what is signed leaves no field out and tells nothing that only the page needs', () => {
  const [lot] = tenderOf(draft()).lots
  expect(Object.keys(tenderOf(draft()))).toEqual(['code', 'title', 'trading_center', 'tenderer', 'lots', 'form'])
  expect(lot).toEqual({ ...newLot(1), draw: null, bid_deposit: null })
  expect(tenderOf(draft()).form?.[0]).toEqual({
    field: 'duration_days',
    kind: 'days',
    zh: '工期（日历天）',
    en: 'Duration in days',
    required: true,
    choices: [],
  })
})

test('values and choices are listed however they are typed', () => {
  const lots = [{ ...newLot(1), draw: [{ name: 'K', values: ' 0.95, 0.96，0.97  0.98 ' }] }]
  const form = [{ field: 'grade', kind: 'choice' as const, zh: '等级', en: 'Grade', required: true, choices: '甲级\n\n 乙级 ' }]
  const tender = tenderOf(draft({ lots, form }))
  expect(tender.lots[0]?.draw).toEqual({ coefficients: [{ name: 'K', values: ['0.95', '0.96', '0.97', '0.98'] }] })
  expect(tender.form?.[0]?.choices).toEqual(['甲级', '乙级'])
})

test('an imported tender is what is signed again, with everything that it left to defaults', () => {
  const lots = [{ lot: '2', title: 'B', ceiling_price: '9.00', draw: { coefficients: [{ name: 'K', values: ['1', '2'] }] } }]
  const document = { code: 'c', title: 't', trading_center: 'x', tenderer: 'y', lots }
  const { lots: [lot], form } = tenderOf(filled(draft(), document, []))
  expect(lot).toMatchObject({ currency: 'CNY', minimum: 3, draw: lots[0]!.draw, parts: [{ part: 'readout_form', opened_here: true }] })
  expect(form).toEqual(tenderOf(draft()).form)
})

test('each flaw of a person is told', () => {
  const [host, supervisor, , , custodian] = draft().members
  const twice = { ...supervisor!, person: 'host-01', name: 'x' }
  const all = [host!, supervisor!, twice, custodian!, { ...custodian!, person: 'c-1', name: 'c', side: ' ' }]
  expect(all.map((_, at) => memberFaults(all, at))).toEqual([[], ['person', 'name'], ['twice'], ['person', 'name'], ['side']])
})
