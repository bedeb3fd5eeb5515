/** Who holds an office, and to whom it may go. */

import { countersigned, sign } from '../../keys/identity'
import type { Member, OpeningView, RecordPrepared, RoleHandedOver, StrikeProposed } from '../../wire'
import { done, events, requireRecord, type Sitting } from './acts'

/** Who holds this person's office now; null for those who have none. */
export function holderOf({ me, members = {}, in_office: handed = {} }: OpeningView): string | null {
  const first = Object.values(members).find(({ role, deputy_of: deputy }) => role === me.role && !deputy)
  return handed[me.role] ?? first?.person ?? null
}

/** To whom whoever holds an office may hand it: its deputy, or back from it; null if there is nobody. */
export function takerOf(view: OpeningView): Member | null {
  const { me, members = {} } = view
  if (holderOf(view) !== me.person) return null
  const other = Object.values(members).find(({ role, person }) => role === me.role && person !== me.person)
  return other ?? null
}

export async function handOver(sitting: Sitting, { role, person }: Member): Promise<void> {
  const number = events<RoleHandedOver>(sitting, 'RoleHandedOver').length + 1
  const { session } = sitting.timeline.view
  await done(sitting, { type: 'HandOver', signed: await sign('handover', { session, number, role, to: person }) })
}

/** Say why one does not sign the record; it counts as an answer. */
export async function refuseRecord(sitting: Sitting, prepared: RecordPrepared, reason: string): Promise<void> {
  await requireRecord(prepared)
  const { session, me } = sitting.timeline.view
  const signed = await sign('record_refusal', { session, person: me.person, record: prepared.hash, reason })
  await done(sitting, { type: 'RefuseRecord', signed })
}

/** Sign the strike that the tenderer proposes. */
export async function countersignStrike(sitting: Sitting, { signed }: StrikeProposed): Promise<void> {
  await done(sitting, { type: 'CountersignStrike', signed: await countersigned(signed) })
}
