/** Seeds that are sealed for a draw, and lots that are drawn by hand. */

import { partsOf } from '../../bidder/own'
import { sign } from '../../keys/identity'
import { b64, labelledHash, random, text, unb64 } from '../../seal/bytes'
import { commitment, deal } from '../../seal/dealing'
import { Refused } from '../../timeline/refused'
import type { DrawSealed, Lot, OpeningView } from '../../wire'
import { done, events, type Sitting } from './acts'

const DRAW = 'draw'
/** The group of a draw seed's commitment. */
const COMMITTED = 'D'

/** The lots with a draw for which this person has sealed no seed; all of them again when sealing anew is asked for. */
export function lotsToSeal(sitting: Sitting): readonly Lot[] {
  const { tender, me } = sitting.timeline.view
  const sealed = events<DrawSealed>(sitting, 'DrawSealed').filter(({ person }) => person === me.person)
  const drawn = (tender?.lots ?? []).filter(({ draw }) => draw)
  const left = drawn.filter(({ lot }) => !sealed.some((one) => one.lot === lot))
  return left.length ? left : drawn
}

/** Seal a fresh seed for a lot's draw; nobody keeps it, for the custodians' keys will open it. */
export async function sealDraw(sitting: Sitting, lot: Lot): Promise<void> {
  const { session, me } = sitting.timeline.view
  const [policy] = await partsOf(sitting.timeline, { ...lot, parts: [{ part: DRAW, opened_here: true }] })
  if (!policy) throw Refused.because('no_policy', '系数抽取的规则尚未公布。', 'There is no policy for the draw yet.')
  const [seed, nonce] = [random(32), random(32)]
  const ctx = await labelledHash('sbe/1 draw core', text(session), text(lot.lot), text(me.person), nonce)
  const publics = policy.publics.map(unb64)
  const signed = await sign('draw_envelope', {
    session,
    lot: lot.lot,
    person: me.person,
    nonce: b64(nonce),
    D: await commitment(ctx, COMMITTED, seed),
    k: policy.k,
    shares: await deal(ctx, seed, policy.k, publics, COMMITTED),
  })
  await done(sitting, { type: 'SealDraw', signed })
}

/** A coefficient that nothing sealed gives a value. */
export interface ByHand {
  readonly lot: string
  readonly coefficient: string
  readonly values: readonly string[]
}

/** What lots must be drawn for by hand. */
export function toDraw({ tender, lotteries = [], draws = [] }: OpeningView): ByHand[] {
  const called = (tender?.lots ?? []).filter(({ lot }) => lotteries.includes(lot))
  const all = called.flatMap(({ lot, draw }) =>
    (draw?.coefficients ?? []).map(({ name, values }) => ({ lot, coefficient: name, values })),
  )
  return all.filter(({ lot, coefficient }) => !draws.some((drawn) => drawn.lot === lot && drawn.coefficient === coefficient))
}

/** The host says what came out of the drum; the supervisor signs the same. */
export async function sayDrawn(sitting: Sitting, { lot, coefficient }: ByHand, value: string): Promise<void> {
  const { session } = sitting.timeline.view
  await done(sitting, { type: 'DrawByLottery', signed: await sign('lottery', { session, lot, coefficient, value }) })
}
