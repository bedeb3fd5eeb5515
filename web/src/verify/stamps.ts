import { entryName, type Case } from './case'
import type { Happened } from './events'
import { unb64Sized } from './hash'
import { textOf, when } from './instants'
import { Failed } from './report'
import { stampedAt } from './timestamp'

/** How far an authority's clock may be behind the log's, and how long after its entry a stamp is worth having. */
const EARLY_MS = 2000
const WITHIN_MS = 600_000

/**
 * Part of step 4: whatever is stamped was stamped in time by a trusted authority of time. One that was away is missed,
 * and fails nobody.
 */
export async function stamps(bundle: Case): Promise<void> {
  const taken = bundle.happened('StampTaken')
  for (const happened of taken) await stamp(bundle, happened)
  const count = new Set(taken.map(({ event }) => event.covers)).size
  const trusted = bundle.vouched.tsa.length > 0
  bundle.report.holds(4, 'time stamps', trusted ? `${count} / ${wanted(bundle).length}` : '0')
}

/** The last ticks and the closes. */
function wanted(bundle: Case): number[] {
  return bundle.happened('BidsClosed').flatMap(({ shown: { seq } }) => [seq - 1, seq])
}

async function stamp(bundle: Case, { shown, event }: Happened<'StampTaken'>): Promise<void> {
  const name = entryName(shown)
  if (!wanted(bundle).includes(event.covers) || event.covers >= shown.seq) throw new Failed(name, 'stampNotWanted')
  const entry = bundle.main[event.covers - 1]!
  const at = await stampedAt(event.token, unb64Sized(entry.leaf, 32), bundle.vouched.tsa)
  if (at === null) throw new Failed(name, 'notAStamp')
  const late = at - when(String(entry.event?.at))
  if (textOf(at) !== event.stamped_at || late < -EARLY_MS || late > WITHIN_MS) throw new Failed(name, 'stampedAtOtherTime')
}
