import { b64, unb64, type Bytes } from '../seal/bytes'
import { hash } from './hash'
import { said } from './statements'
import type { Opening, Policy } from './state'

/** The key ids of a policy's custodians, in its order. */
export function kidsOf({ custodians }: Policy): string[] {
  return custodians.map(({ proof }) => b64(hash(unb64(said(proof.statement, 'custodian_key').public_key))))
}

/** The key ids of all that a custodian holds in this session, sorted. */
export function kidsHeld(opening: Opening, person: string): string[] {
  const held = [...opening.policies.values()].flatMap((policy) =>
    kidsOf(policy).filter((_, place) => policy.custodians[place]!.person === person),
  )
  return held.sort()
}

/** The seeds of the first k of a policy's custodians to publish: a later one changes nothing. */
export function firstSeeds({ keys }: Opening, policy: Policy): Map<string, Bytes> {
  const kids = new Set(kidsOf(policy))
  const published = [...keys].filter(([kid]) => kids.has(kid)).slice(0, policy.k)
  return new Map(published.map(([kid, seed]) => [kid, unb64(seed)]))
}
