import type { Certified } from './certificates'
import type { Happened } from './events'
import { alike, unb64Sized } from './hash'
import type { Declared } from './held'
import { said, type Payload } from './statements'
import type { Opening } from './state'

/** Before the deadline, on a lot that takes consortia, by its lead, after the declaration before it. */
export function isDeclarable(opening: Opening, { event: { bidder, lot, signed }, at }: Happened<'ConsortiumDeclared'>): boolean {
  const told = said(signed.statement, 'consortium')
  const before = opening.consortia.get(`${lot}\n${bidder}`)
  const [place, stated] = [[opening.session, lot, bidder], [told.session, told.lot, told.parties[0]!.person]]
  const inTime = opening.timetable !== null && at < opening.deadline()
  return isOpenTo(opening, lot) && inTime && alike(stated, place) && isSound(opening, told) && follows(told, before)
}

/** Whether consortia may bid on a lot. */
function isOpenTo(opening: Opening, lot: string): boolean {
  return opening.lot(lot)?.consortia ?? false
}

function follows({ prev }: Payload<'consortium'>, before: Declared | undefined): boolean {
  return prev === (before?.statement ?? null)
}

/** Each party is named once and is none of the session's people; the lead's own keys are not listed. */
function isSound({ members }: Opening, { agreement, parties }: Payload<'consortium'>): boolean {
  const people = parties.map(({ person }) => person)
  const apart = new Set(people).size === people.length && !people.some((person) => members.has(person))
  return isHash(agreement) && apart && !parties[0]!.keys.length
}

function isHash(value: string): boolean {
  try {
    unb64Sized(value, 32)
    return true
  } catch {
    return false
  }
}

/** Each party, and nobody else, has signed, in the order in which they are named and under those names. */
export function isAgreed({ event: { bidder, signed }, by }: Happened<'ConsortiumDeclared'>, people: readonly Certified[]): boolean {
  const { parties } = said(signed.statement, 'consortium')
  const named = parties.map(({ person, name }) => [person, name])
  return bidder === by.person && alike(people.map(({ person, name }) => [person, name]), named)
}
