import { SUITE } from '../seal/envelope'
import { TIMELINE, type Case } from './case'
import { alike } from './hash'
import { allLists, kidsOf } from './policies'
import { Failed } from './report'
import { signersOf } from './signatures'
import type { Custodians, Policy } from './held'

/** Step 8: policies name the trusted authorities, log and cosigners; custodians' keys are their own. */
export async function policies(bundle: Case): Promise<void> {
  const { state, vouched, report } = bundle
  if (!state.policies.size) throw new Failed(TIMELINE, 'noPolicy')
  for (const policy of allLists(state)) {
    const name = `policy of lot ${policy.lot}, ${policy.part}`
    if (!vouched.isNamedBy(policy) || !alike(policy.suites, [SUITE])) throw new Failed(name, 'otherTrustInPolicy')
    if (!standForSeveralSides(policy.custodians, policy.k)) throw new Failed(name, 'oneSide')
    for (const custodian of [...policy.custodians, ...holders(name, policy)]) await offered(bundle, name, custodian)
    report.holds(8, name, `${policy.k} / ${policy.custodians.length}`)
  }
}

/** The escrow holders: another group than the custodians, and of several sides too. */
function holders(name: string, { escrow, custodians }: Policy): Custodians {
  if (!escrow) return []
  if (!standForSeveralSides(escrow.holders, escrow.k)) throw new Failed(name, 'oneSide')
  const people = new Set(custodians.map(({ person }) => person))
  if (escrow.holders.some(({ person }) => people.has(person))) throw new Failed(name, 'holderIsCustodian')
  return escrow.holders
}

function standForSeveralSides(custodians: Custodians, k: number): boolean {
  const [kids, sides] = [kidsOf(custodians), custodians.map(({ side }) => side)]
  const distinct = new Set(kids).size
  const most = Math.max(...sides.map((side) => sides.filter((other) => other === side).length))
  return k >= 2 && k <= distinct && distinct === kids.length && most < k
}

async function offered(bundle: Case, name: string, custodian: Custodians[number]): Promise<void> {
  const { person, side, proof } = custodian
  const member = bundle.state.members.get(person)
  if (member?.role !== 'custodian' || member.side !== side) throw new Failed(name, 'noCustodian', person)
  const entry = bundle.happened('CustodianKeyOffered').find(({ event }) => alike(event.signed, proof))
  const signers = entry ? await signersOf(bundle, entry, proof) : []
  if (signers.length !== 1 || signers[0]?.person !== person) throw new Failed(name, 'keyNotOffered', person)
}
