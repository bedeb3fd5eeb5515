import { b64, unb64 } from '../seal/bytes'
import { publicKey } from '../seal/xwing'
import { entryName, type Case } from './case'
import type { Happened } from './events'
import { alike, hash, idOf, payloadId } from './hash'
import { enoughKeys, enoughKeysEverywhere, kidsOf } from './policies'
import { Failed } from './report'
import { said, type Payload } from './statements'
import type { Policy } from './held'

/** Step 10: every published key belongs to its custodian's offered key, for this close, and k of them are there. */
export async function custody(bundle: Case): Promise<void> {
  const { state } = bundle
  if (!state.close || !state.windowClosed) return
  const place = [bundle.session, payloadId('close', state.close), payloadId('window_closed', state.windowClosed)]
  const holders = holdersOf(state.runningPolicies())
  for (const { shown, event } of bundle.happened('KeyPublished')) {
    await key(entryName(shown), said(event.signed.statement, 'custody'), place, event.person, holders)
  }
  for (const happened of bundle.happened('KeyEntrusted')) await entrusted(bundle, happened, place)
  for (const policy of state.runningPolicies()) {
    if (!enoughKeys(state, policy)) throw new Failed(`policy of lot ${policy.lot}`, 'fewerThanK')
  }
  if (!enoughKeysEverywhere(state)) throw new Failed('custody', 'fewerThanK')
  bundle.report.holds(10, 'custody', String(state.keys.size))
}

/** Whose each key is under these policies. */
function holdersOf(policies: readonly Policy[]): ReadonlyMap<string, string> {
  return new Map(
    policies.flatMap(({ custodians }) =>
      kidsOf(custodians).map((kid, place) => [kid, custodians[place]!.person] as const),
    ),
  )
}

async function key(
  name: string,
  told: Payload<'custody'>,
  place: readonly string[],
  person: string,
  holders: ReadonlyMap<string, string>,
): Promise<void> {
  if (!alike([told.session, told.close, told.window_closed], place)) throw new Failed(name, 'keyForAnother')
  const kid = b64(hash(await publicKey(unb64(told.seed))))
  if (holders.get(told.kid) !== person || kid !== told.kid) throw new Failed(name, 'otherKey')
}

/** A key that no public bundle shows; where it is shown, it is the one that was named. */
async function entrusted(bundle: Case, { shown, event }: Happened<'KeyEntrusted'>, place: readonly string[]): Promise<void> {
  const name = entryName(shown)
  const found = bundle.state.entrustedPolicies().filter(({ lot, part }) => lot === event.lot && part === event.part)
  const holders = holdersOf(found)
  if (holders.get(event.kid) !== event.person) throw new Failed(name, 'otherKey')
  if (!event.signed) {
    bundle.report.withheld(10, name, 'KeyEntrusted')
    return
  }
  const told = said(event.signed.statement, 'custody')
  if (told.kid !== event.kid || idOf(event.signed.statement) !== event.custody) throw new Failed(name, 'otherKey')
  await key(name, told, place, event.person, holders)
}
