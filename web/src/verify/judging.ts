import { unb64, type Bytes } from '../seal/bytes'
import { BadDeal, TooFewKeys } from '../seal/dealing'
import type { Lists } from './evidence'
import { dealOf, seedsFor } from './policies'
import { remediedHalf } from './remedy'
import { takenBackWrongly } from './revocation'
import { failed, settle } from './settling'
import { said } from './statements'
import { readoutPart, type Bid, type Settlement } from './held'
import type { Opening } from './state'

/**
 * What became of a bid, on all the evidence of its session: opened with the released half; else with the remedied one;
 * else whose fault it is that there is none, by the session's lists of revoked certificates. `envelope` is null if it is
 * lost.
 */
export async function judge(opening: Opening, bid: Bid, envelope: Bytes | null, lists: Lists): Promise<Settlement> {
  if (bid.sB) return settled(opening, bid, unb64(bid.sB), envelope)
  if (bid.remedy) return remedied(opening, bid, envelope)
  const authority = failedAuthority(bid, lists)
  if (authority) return { outcome: 'DEEMED_WITHDRAWN', cause: 'authority_failed', detail: authority, form: null }
  if (bid.badLodging) return failed('bad_lodging', bid.badLodging)
  return settled(opening, bid, null, envelope)
}

/** Which authority by its own lists wrongly hindered the release of a right half; empty if none did. */
function failedAuthority({ hindered }: Bid, { byHash, last }: Lists): string {
  const found = hindered.find(({ certificate, authority, crl }) => {
    const [then, now] = [byHash.get(crl), last.get(authority)]
    return then !== undefined && now !== undefined && takenBackWrongly(certificate, then, now)
  })
  return found?.authority ?? ''
}

async function remedied(opening: Opening, bid: Bid, envelope: Bytes | null): Promise<Settlement> {
  let half: Bytes
  try {
    half = remediedHalf(opening, bid)
  } catch (fault) {
    if (fault instanceof BadDeal) return failed('bad_escrow', `${fault.code} ${fault.kid}`.trim())
    if (fault instanceof TooFewKeys) return { outcome: 'DEEMED_WITHDRAWN', cause: 'escrow_absent', detail: '', form: null }
    throw fault
  }
  const found = await settled(opening, bid, half, envelope)
  return found.outcome === 'OPENED' ? { ...found, outcome: 'REMEDIED', cause: 'remedied' } : found
}

async function settled(opening: Opening, bid: Bid, sB: Bytes | null, envelope: Bytes | null): Promise<Settlement> {
  const [{ header, submission }, deal] = [readoutPart(bid), dealOf(bid)]
  return settle({
    header,
    submission: said(submission, 'submission'),
    deal,
    sB,
    seeds: seedsFor(opening, deal.policy, deal.shares),
    envelope,
    declared: opening.tender?.form ?? [],
  })
}
