/** What the tenderer signs for custodians to keep: policies. */

import { read } from '../../keys/account'
import { sign } from '../../keys/identity'
import { b64, sha256 } from '../../seal/bytes'
import { SUITE } from '../../seal/envelope'
import { said } from '../../timeline/said'
import type {
  CustodianKeyOffered,
  Member,
  OpeningView,
  PolicyPublished,
  Signed,
} from '../../wire'
import { done, events, type Sitting } from './acts'

const DRAW = 'draw'

/** A lot's part that has custodians of its own. */
export interface Place {
  readonly lot: string
  readonly part: string
}

/** A custodian of a policy, with its signed key. */
export interface Custodian {
  readonly person: string
  readonly side: string
  readonly proof: Signed
}

interface NamedLogKey {
  readonly name: string
  readonly key: string
}

/** What this deployment is built on, as the server tells it; to be compared with what the centre gave on paper. */
export interface Trust {
  readonly roots: readonly string[]
  readonly log: NamedLogKey
  readonly cosigners: readonly NamedLogKey[]
  readonly quorum: number
  readonly tsa: readonly string[]
}

export async function readTrust(): Promise<Trust> {
  return (await read('/api/trust')) as Trust
}

/** How the tenderer wants the policies: who keeps keys, who helps, on which grounds a lot may go on. */
export interface Rules {
  readonly k: number
  readonly escrow: readonly string[]
  readonly escrowK: number
  readonly grounds: readonly string[]
}

/** Every lot and part that wants a policy and has none. */
export function lacking(sitting: Sitting): Place[] {
  const there = published(sitting).map(({ signed }) => placeOf(signed))
  const wanted = (sitting.timeline.view.tender?.lots ?? []).flatMap(({ lot, parts, draw }) => {
    const own = parts?.map(({ part }) => ({ lot, part })) ?? [{ lot, part: 'readout_form' }]
    return draw ? [...own, { lot, part: DRAW }] : own
  })
  return wanted.filter((place) => !there.some((other) => alike(place, other)))
}

function published(sitting: Sitting): PolicyPublished[] {
  return events<PolicyPublished>(sitting, 'PolicyPublished')
}

function placeOf({ statement }: Signed): Place {
  const told = said(statement)
  return { lot: String(told?.lot), part: String(told?.part) }
}

function alike(one: Place, other: Place): boolean {
  return one.lot === other.lot && one.part === other.part
}

/** The session's custodians, in the order in which policies name them. */
export function custodiansOf(view: OpeningView): Member[] {
  const found = Object.values(view.members ?? {}).filter(({ role }) => role === 'custodian')
  return found.sort((a, b) => (a.person < b.person ? -1 : 1))
}

/** The keys that custodians have last offered for a lot and part, by person. */
export function offers(sitting: Sitting, place: Place): ReadonlyMap<string, Signed> {
  const offered = events<CustodianKeyOffered>(sitting, 'CustodianKeyOffered')
  return new Map(offered.filter(({ signed }) => alike(place, placeOf(signed))).map(({ person, signed }) => [person, signed]))
}

/** Say what seals of this lot and part bind to; it never changes. */
export async function publishPolicy(sitting: Sitting, place: Place, rules: Rules, trust: Trust): Promise<void> {
  const { session, tender } = sitting.timeline.view
  const query = new URLSearchParams({ ...place }).toString()
  const { key } = (await read(`/api/sessions/${encodeURIComponent(session)}/lodging-key?${query}`)) as { key: string }
  const [holders, custodians] = [[] as Custodian[], [] as Custodian[]]
  const offered = offers(sitting, place)
  for (const { person, side = '' } of custodiansOf(sitting.timeline.view)) {
    const proof = offered.get(person)
    if (proof) (rules.escrow.includes(person) ? holders : custodians).push({ person, side, proof })
  }
  const policy = {
    session,
    tender: tender?.code ?? '',
    ...place,
    suites: [SUITE],
    custodians,
    k: rules.k,
    authorities: await fingerprints(trust.roots),
    log: trust.log,
    cosigners: trust.cosigners,
    quorum: trust.quorum,
    lodging_key: key,
    grounds: rules.grounds,
    escrow: holders.length ? { holders, k: rules.escrowK } : null,
    tsa: await fingerprints(trust.tsa),
    sealer: await sealerHash(),
  }
  await done(sitting, { type: 'PublishPolicy', signed: await sign('policy', policy) })
}

/** SHA-256 of the offline sealer that the server gives out; null where it has none. */
async function sealerHash(): Promise<string | null> {
  const answer = await fetch('/sealer.html', { cache: 'no-store' })
  return answer.ok ? b64(await sha256(new Uint8Array(await answer.arrayBuffer()))) : null
}

/** SHA-256 over the DER form of each certificate, sorted: how a policy names authorities. */
export async function fingerprints(pems: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    pems.map(async (pem) => {
      const body = pem.replace(/-----[^-]+-----|\s/g, '')
      return b64(await sha256(Uint8Array.from(atob(body), (sign) => sign.charCodeAt(0))))
    }),
  )
  return found.sort()
}
