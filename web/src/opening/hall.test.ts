import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createApp, nextTick, type App } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import { i18n } from '../app/i18n'
import { answer, entry, frame, GivenSocket } from '../timeline/given'
import OpeningHall from './OpeningHall.vue'

const socket = vi.hoisted((): { current: unknown } => ({ current: null }))
vi.mock('socket.io-client', () => ({ io: () => socket.current }))

const AT = '2026-11-22T02:00:00.000Z'
const LOT = { lot: '1', title: '施工一标段', ceiling_price: '12800000.00', currency: 'CNY', minimum: 3 }
const DECLARED = [
  { field: 'duration_days', kind: 'days', zh: '工期', en: 'Duration', required: true, choices: [] },
  { field: 'project_manager', kind: 'text', zh: '项目经理', en: 'Project manager', required: true, choices: [] },
]
const TENDER = { code: 'QX-1', title: '河道整治', trading_center: '交易中心', tenderer: '水利局', lots: [LOT], form: DECLARED }
const FORM = { price: '11595520.00', currency: 'CNY', fields: { duration_days: 192, quality: '合格', project_manager: '吴越' } }
const LOBBY = {
  session: 's',
  phase: 'LOBBY',
  me: { person: '', role: 'observer', ask: 'wait' },
  tender: TENDER,
  deadline: AT,
  ends_at: AT,
}

let hall: GivenSocket
let app: App
let page: HTMLElement

beforeEach(async () => {
  hall = new GivenSocket()
  socket.current = hall
  const now = () => Promise.resolve({ json: () => Promise.resolve({ now: '2026-11-22T01:59:50.000Z' }) })
  vi.stubGlobal('fetch', vi.fn(now))
  hall.will({ ok: true, joined: answer([entry(1, { type: 'LobbyOpened', at: AT })], { view: LOBBY }) })
  i18n.global.locale.value = 'zh-CN'
  const nothing = { render: () => null }
  const routes = [
    { path: '/', name: 'sessions', component: nothing },
    { path: '/sign-in', name: 'sign-in', component: nothing },
  ]
  page = document.body.appendChild(document.createElement('div'))
  app = createApp(OpeningHall, { session: 's' })
  app.use(i18n).use(createRouter({ history: createMemoryHistory(), routes }))
  app.mount(page)
  await painted()
})

afterEach(() => {
  app.unmount()
  page.remove()
})

async function painted(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 5))
  await nextTick()
}

async function happens(n: number, event: object | null, patch: object): Promise<void> {
  await hall.fire('frame', frame(n, entry(n + 1, event && { at: AT, ...event }), { patch: { ...patch } }))
  await painted()
}

const text = (selector: string) => page.querySelector(selector)?.textContent.replace(/\s+/g, ' ').trim() ?? ''

test('before the deadline the page tells the time and keeps the bidders secret', () => {
  expect(text('.now .sentence')).toBe('签到进行中，投标尚未截止。')
  expect(text('.now .digits')).toBe('00:10')
  expect(text('.roster')).toContain('数量和名称在截止前保密')
  expect(text('.roster')).toContain('最高投标限价 ¥12,800,000.00')
  expect(text('.check-code')).toContain('首个检查点取得联署后显示')
})

test('frames lead through roster, hidden entries and readout', async () => {
  const bids = { x: { number: 1, lot: '1' }, y: { number: 2, lot: '1' } }
  await happens(1, { type: 'RosterPublished' }, { phase: 'ROSTER', ends_at: null, bids })
  expect(text('.roster')).toContain('2 份投标')
  expect(page.querySelectorAll('.roster .veil')).toHaveLength(2)

  await happens(2, null, {})
  expect(text('.timeline .hidden')).toBe('未公开3')

  const read = { name: '临川建设', outcome: 'OPENED', cause: 'opened', form: FORM, released: true }
  const named = { x: read, y: { name: '中泽建设', released: false } }
  await happens(3, { type: 'BidReadOut', bid: 'x', lot: '1', ...read }, { phase: 'READOUT', bids: named })
  expect(text('.now .sentence')).toBe('正在唱标：已唱 1 份，共 2 份。')
  expect(text('.last-read')).toBe('刚刚唱标临川建设¥11,595,520.00壹仟壹佰伍拾玖万伍仟伍佰贰拾元整')
  expect(text('.roster .latest')).toContain('低于限价 9.41%')
  expect(text('.timeline li')).toContain('唱标：临川建设，¥11,595,520.00')

  await happens(4, null, { bids: { y: { outcome: 'DEEMED_REVOKED', cause: 'not_released' } } })
  expect(text('.roster .failed')).toBe('视为撤销未在解密时限内解密')
})

test('a lost link is said, everything stays, and coming back says what it brought', async () => {
  await hall.fire('disconnect')
  await painted()
  expect(text('.banner')).toContain('连接中断，正在重连；没有任何记录丢失。')
  expect(text('.now .sentence')).toBe('签到进行中，投标尚未截止。')

  const held = { ...LOBBY, phase: 'HELD', ends_at: undefined }
  hall.will({ ok: true, joined: answer([entry(2, { type: 'OpeningHeld', at: AT })], { view: held }) })
  hall.connect()
  await painted()
  expect(text('.banner')).toBe('已重新连接，补齐 1 条记录。')
  expect(text('.now .sentence')).toBe('截标前暂停：截标记录没有按时取得联署，或截止前系统中断。')
  expect(text('.phase-bar .held')).toContain('截标前暂停')
})

test('in English the same is said', async () => {
  i18n.global.locale.value = 'en'
  await painted()
  expect(text('.now .sentence')).toBe('Check-in is open; bids are still accepted.')
  expect(text('.roster')).toContain('Numbers and names are secret until the deadline')
})
