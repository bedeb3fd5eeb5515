/** What an agency asks of the server before a session is there. */

import { post } from '../keys/account'
import { sign } from '../keys/identity'
import type { Tender } from '../wire'
import { drafts, filled, newDraft, tenderOf, type Draft, type Flaw } from './draft'

/** A new draft from a document: OCDS, openprocurement, or written by hand. Refused with a sentence if it is no tender. */
export async function imported(file: File, person: string, name: string): Promise<Draft> {
  const { tender, open } = (await post('/api/tenders/read', file)) as { tender: Tender; open: readonly Flaw[] }
  return filled(newDraft(person, name), tender, open)
}

/** Every flaw of a draft's tender, by its place. */
export async function flawsOf(draft: Draft): Promise<readonly Flaw[]> {
  return ((await post('/api/tenders/check', tenderOf(draft))) as { flaws: readonly Flaw[] }).flaws
}

/** Sign the draft and schedule its session; from then on it is the server's, and the draft is gone. */
export async function schedule(draft: Draft): Promise<void> {
  const { session, members } = draft
  const signed = await sign('schedule', { session, tender: tenderOf(draft), members })
  await post('/api/sessions', { session, command: { type: 'ScheduleOpening', signed } })
  await drafts.drop(draft.id)
}
