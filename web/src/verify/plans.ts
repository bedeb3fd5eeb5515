import type { Before } from './case'
import { alike } from './hash'
import { when } from './instants'
import type { Payload } from './statements'
import { DRAW, OFFICES } from './state'
import { READOUT_FORM, type Lot, type Member } from './values'

/* What a session and its timetable need, as the rules ask before anything is signed. */

const DAY_MS = 86_400_000
const FASTEST_MS = 100

/** What a session needs to begin. */
export function isSound({ tender, members }: Payload<'schedule'>, host: string): boolean {
  const firsts = members.filter(({ deputy_of }) => !deputy_of)
  const hosts = firsts.filter(({ role }) => role === 'host').map(({ person }) => person)
  const single = OFFICES.every((role) => firsts.filter((member) => member.role === role).length === 1)
  const people = alike(hosts, [host]) && single && deputiesFit(members) && members.every(({ role }) => role !== 'bidder')
  const distinct = areDistinct(tender.lots.map(({ lot }) => lot)) && areDistinct(members.map(({ person }) => person))
  return people && distinct && tender.lots.every(isSoundLot) && isSoundForm(tender.form)
}

function isSoundLot({ parts, draw }: Lot): boolean {
  const names = parts.map(({ part }) => part)
  const here = parts.some(({ part, opened_here }) => part === READOUT_FORM && opened_here)
  const coefficients = draw?.coefficients ?? []
  const lists = [coefficients.map(({ name }) => name), ...coefficients.map(({ values }) => values)]
  return areDistinct(names) && here && !names.includes(DRAW) && lists.every(areDistinct)
}

function isSoundForm(form: Payload<'schedule'>['tender']['form']): boolean {
  const choosing = form.every(({ kind, choices }) => choices.length > 0 === (kind === 'choice'))
  return choosing && areDistinct(form.map(({ field }) => field))
}

function areDistinct(values: readonly string[]): boolean {
  return new Set(values).size === values.length
}

/** Whether a timetable may hold that was signed at `at` in the state `before`. */
export function mayHold(before: Before, table: Payload<'timetable'>, at: number): boolean {
  const follows = alike([table.policies, table.prev], [before.policies, before.timetableId || null])
  return !before.lacksPolicy && follows && isLater(before, table, at) && hasPossibleSpans(table)
}

/** T0 lies ahead, within two years, never moves earlier, and is not moved once it has come. */
function isLater({ phase, timetable }: Before, table: Payload<'timetable'>, at: number): boolean {
  const deadline = when(table.deadline)
  const held = timetable && when(timetable.deadline)
  if (deadline <= at || deadline > at + 730 * DAY_MS || (held !== null && deadline < held)) return false
  return phase === 'HELD' || held === null || at < held
}

function hasPossibleSpans({ ticks, lobby_ticks, lobby_ms, host_ms, windows, pauses, extension_ms }: Payload<'timetable'>): boolean {
  const cadences = [ticks, lobby_ticks].every(
    ({ every_ms, slots }) => every_ms >= FASTEST_MS && every_ms <= DAY_MS && (slots === 256 || slots === 4096),
  )
  const spans = [lobby_ms, host_ms, ...Object.values(windows), ...Object.values(pauses)]
  const possible = spans.every((span) => span > 0 && span <= 30 * DAY_MS)
  return cadences && possible && extension_ms >= 0 && extension_ms <= 30 * DAY_MS
}

/** Whether each deputy stands in for somebody of its own role, which has one deputy at most and is an office. */
function deputiesFit(members: readonly Member[]): boolean {
  const firsts = new Map(members.filter(({ deputy_of }) => !deputy_of).map(({ person, role }) => [person, role]))
  const deputies = members.filter(({ deputy_of }) => deputy_of)
  const fit = deputies.every(({ role, deputy_of }) => OFFICES.includes(role) && firsts.get(deputy_of) === role)
  return fit && areDistinct(deputies.map(({ deputy_of }) => deputy_of))
}
