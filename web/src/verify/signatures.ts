import { b64, unb64 } from '../seal/bytes'
import { SUITE } from '../seal/envelope'
import { entryName, type Case } from './case'
import { fieldSalt } from './chain'
import type { Certified } from './certificates'
import { isOf, type Happened, type Type } from './events'
import { Evidence } from './evidence'
import { alike, idOf } from './hash'
import { papers } from './papers'
import { kidsOf } from './policies'
import { Failed } from './report'
import { inOrder } from './side_lines'
import type { Policy } from './state'
import type { Role, SealedStatement, Signed } from './values'

/** What host and supervisor sign, or begin to sign, together. */
const JOINT = [
  'SignatureAwaited',
  'RequestRefused',
  'WindowExtended',
  'SuspensionCountersigned',
  'OpeningResumed',
  'LotContinued',
] as const

/** Of these one signature may do: that of the sender. */
const ONE = ['SignatureAwaited', 'RequestRefused', 'OpeningResumed'] as const

/** What the person signs whom the entry names. */
const OWN = [
  'CustodianKeyOffered',
  'KeyPublished',
  'DrawSealed',
  'BidderCheckedIn',
  'MemberCheckedIn',
  'ObjectionRaised',
  'RecordSigned',
  'RecordRefused',
  'CustodianKeysDestroyed',
] as const

const NAMED = [
  'BidSubmitted',
  'BidderCheckedIn',
  'LineDisputed',
  'ObjectionRaised',
  'RecordSigned',
  'RecordRefused',
] as const

/** Step 7: every statement is signed by a person whom a trusted authority vouches for, in the right role. */
export async function people(bundle: Case): Promise<void> {
  const evidence = await Evidence.of(bundle)
  let count = 0
  for (const shown of inOrder(bundle)) {
    const happened = bundle.whole(shown)
    for (const signed of happened ? signedIn(happened) : []) {
      const certified = await signersOf(bundle, happened!, signed)
      allowed(bundle, happened!, certified)
      named(happened!, certified)
      await evidence.judge(happened!, signed)
      count += 1
    }
  }
  bundle.report.holds(7, 'signatures', `${count} / ${evidence.unknown}`)
  await receipts(bundle)
  papers(bundle)
}

/** Every statement in an event that a person signed, with its certificates. */
function signedIn(happened: Happened): Signed[] {
  if (isOf(happened, 'BidSubmitted')) {
    const { parts, certificates } = happened.event
    return parts.flatMap(({ submission, deal }) => [submission, deal].map((statement) => ({ statement, certificates })))
  }
  return ['signed', 'lottery']
    .map((field) => (happened.event as Record<string, unknown>)[field] as Signed | null | undefined)
    .filter((signed) => signed !== null && signed !== undefined)
}

async function signersOf(bundle: Case, { shown, at }: Happened, signed: Signed): Promise<Certified[]> {
  try {
    return await bundle.vouched.registry.signers(signed, at)
  } catch {
    throw new Failed(entryName(shown), 'notTrusted')
  }
}

/** The name in an entry is the one that its certificate bears. */
function named(happened: Happened, [first]: readonly Certified[]): void {
  if (isOf(happened, ...NAMED) && happened.event.name !== first?.name) {
    throw new Failed(entryName(happened.shown), 'otherName')
  }
}

/** That the signers are those whom this event needs. */
function allowed(bundle: Case, happened: Happened, certified: readonly Certified[]): void {
  const persons = certified.map(({ person }) => person)
  const holds = isOf(happened, ...JOINT) ? joint(bundle, happened, persons) : asExpected(bundle, happened, persons)
  if (!holds) throw new Failed(entryName(happened.shown), 'otherSigners', persons.join(', '))
}

function joint(bundle: Case, happened: Happened, persons: readonly string[]): boolean {
  const both = [holder(bundle, happened, 'host'), holder(bundle, happened, 'supervisor')]
  if (alike([...persons].sort(), [...both].sort())) return true
  const sender = happened.by.person
  return isOf(happened, ...ONE) && alike(persons, [sender]) && both.includes(sender)
}

/** Who held an office when this entry was made. */
function holder(bundle: Case, { shown }: Happened, role: Role): string {
  const taken = bundle
    .happened('RoleHandedOver')
    .filter(({ shown: at, event }) => at.seq < shown.seq && event.role === role)
    .map(({ event }) => event.to)
  const first = [...bundle.state.members.values()].filter((member) => member.role === role && !member.deputy_of)
  const last = [...first.map(({ person }) => person), ...taken].at(-1)
  if (last === undefined) throw new Error(`nobody is ${role}`)
  return last
}

const OFFICERS: { readonly [K in Type]?: readonly Role[] } = {
  PolicyPublished: ['tenderer'],
  TimetableProposed: ['tenderer'],
  TimetableSigned: ['tenderer', 'supervisor'],
  ObjectionAnswered: ['host'],
  CoefficientDrawn: ['host', 'supervisor'],
}

function asExpected(bundle: Case, happened: Happened, persons: readonly string[]): boolean {
  const expected = expectedOf(bundle, happened)
  return expected === null || alike(persons, expected)
}

function expectedOf(bundle: Case, happened: Happened): string[] | null {
  const officers = OFFICERS[happened.event.type]
  if (officers) return officers.map((role) => holder(bundle, happened, role))
  if (isOf(happened, 'OpeningSuspended', 'AbortOrdered', 'RoleHandedOver')) return [happened.by.person]
  if (isOf(happened, 'BidSubmitted', 'BidWithdrawn')) return [happened.event.bidder]
  if (isOf(happened, 'KeyReleased', 'LineConfirmed', 'LineDisputed')) {
    const bid = bundle.state.bids.get(happened.event.bid)
    return bid ? [bid.bidder] : []
  }
  return isOf(happened, ...OWN) ? [happened.event.person] : null
}

/** Every receipt is the log's promise for exactly the entry that carries it. */
async function receipts(bundle: Case): Promise<void> {
  for (const happened of bundle.happened('BidSubmitted')) {
    await receipt(bundle, happened, happened.event.receipt, happened.event.parts.map(({ submission }) => idOf(submission)))
  }
  for (const happened of bundle.happened('KeyReleased')) {
    await receipt(bundle, happened, happened.event.receipt, [idOf(happened.event.signed.statement)])
  }
}

async function receipt(
  bundle: Case,
  { shown }: Happened,
  statement: SealedStatement,
  statements: readonly string[],
): Promise<void> {
  const told = await bundle.fromLog(entryName(shown), statement, 'receipt')
  const place = [told.session, told.statements, told.line, told.seq]
  const salt = b64(fieldSalt(unb64(told.salt), 'type'))
  const own = alike(place, [bundle.session, statements, shown.line, shown.seq]) && salt === shown.proof?.salts.type
  if (!own) throw new Failed(entryName(shown), 'otherReceipt')
}

/** Step 8: policies name the trusted authorities, log and cosigners; custodians' keys are their own. */
export async function policies(bundle: Case): Promise<void> {
  if (!bundle.state.policies.size) throw new Failed('timeline.json', 'noPolicy')
  const { authorities, file } = bundle.vouched
  for (const policy of bundle.state.policies.values()) {
    const name = `policy of lot ${policy.lot}, ${policy.part}`
    const stated = [policy.authorities, policy.log, policy.cosigners, policy.quorum, policy.suites]
    if (!alike(stated, [authorities, file.log, file.cosigners, file.quorum, [SUITE]])) {
      throw new Failed(name, 'otherTrustInPolicy')
    }
    if (!standsForSeveralSides(policy)) throw new Failed(name, 'oneSide')
    for (const custodian of policy.custodians) await offered(bundle, name, custodian)
    bundle.report.holds(8, name, `${policy.k} / ${policy.custodians.length}`)
  }
}

function standsForSeveralSides(policy: Policy): boolean {
  const [kids, sides] = [kidsOf(policy), policy.custodians.map(({ side }) => side)]
  const distinct = new Set(kids).size
  const most = Math.max(...sides.map((side) => sides.filter((other) => other === side).length))
  return policy.k >= 2 && policy.k <= distinct && distinct === kids.length && most < policy.k
}

async function offered(bundle: Case, name: string, custodian: Policy['custodians'][number]): Promise<void> {
  const { person, proof } = custodian
  const entry = bundle.happened('CustodianKeyOffered').find(({ event }) => alike(event.signed, proof))
  const signers = entry ? await signersOf(bundle, entry, proof) : []
  if (signers.length !== 1 || signers[0]?.person !== person) throw new Failed(name, 'keyNotOffered', person)
}
