import { b64, unb64 } from '../seal/bytes'
import { actsFor } from './acting'
import { entryName, type Case } from './case'
import { fieldSalt } from './chain'
import type { Certified } from './certificates'
import { isAgreed } from './consorting'
import { isOf, type EventOf, type Happened, type Type } from './events'
import { Evidence } from './evidence'
import { alike, idOf } from './hash'
import { papers } from './papers'
import { Failed } from './report'
import { inOrder } from './side_lines'
import type { Role, Signed } from './values'

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
  'EscrowSharePublished',
  'KeyEntrusted',
  'CustodianDrilled',
] as const

/** What whoever acts for a bid signs. */
const ACTING = [
  'KeyReleased',
  'PartReleased',
  'WrongKeyTried',
  'ReleaseHindered',
  'RemedyRequested',
  'LineConfirmed',
  'LineDisputed',
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
      if (isOf(happened!, 'ReleaseHindered')) await evidence.hindered(happened)
      else await evidence.judge(happened!, signed)
      count += 1
    }
  }
  bundle.report.holds(7, 'signatures', `${count} / ${evidence.unknown}`)
  receipts(bundle)
  papers(bundle)
}

/** Every statement in an event that a person signed, with its certificates. */
function signedIn(happened: Happened): Signed[] {
  if (isOf(happened, 'KeyLodged', 'LodgingFailed')) return [] // judged at the cosigner's time, in step 9
  if (isOf(happened, 'DealtAgain')) return [...happened.event.deals]
  if (isOf(happened, 'BidSubmitted')) {
    const { parts, certificates } = happened.event
    return parts.flatMap(({ submission, deal }) => [submission, deal].map((statement) => ({ statement, certificates })))
  }
  return ['signed', 'lottery']
    .map((field) => (happened.event as Record<string, unknown>)[field] as Signed | null | undefined)
    .filter((signed) => signed !== null && signed !== undefined)
}

export async function signersOf(bundle: Case, { shown, at }: Happened, signed: Signed): Promise<Certified[]> {
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
  const holds = isOf(happened, ...JOINT) ? joint(bundle, happened, persons) : asExpected(bundle, happened, certified)
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
  return [firstHolder(bundle, role), ...taken].at(-1)!
}

/** Who holds an office in the beginning. */
function firstHolder({ state }: Case, role: Role): string {
  return [...state.members.values()].find((member) => member.role === role && !member.deputy_of)?.person ?? ''
}

const OFFICERS: { readonly [K in Type]?: readonly Role[] } = {
  PolicyPublished: ['tenderer'],
  StrikeProposed: ['tenderer'],
  CustodianStruck: ['tenderer', 'supervisor'],
  TimetableProposed: ['tenderer'],
  TimetableSigned: ['tenderer', 'supervisor'],
  ObjectionAnswered: ['host'],
  CoefficientDrawn: ['host', 'supervisor'],
}

function asExpected(bundle: Case, happened: Happened, certified: readonly Certified[]): boolean {
  if (isOf(happened, 'ConsortiumDeclared')) return isAgreed(happened, certified)
  const persons = certified.map(({ person }) => person)
  if (isOf(happened, ...ACTING)) return acts(bundle, happened, certified) && persons[0] === happened.by.person
  const expected = expectedOf(bundle, happened)
  return expected === null || (alike(persons, expected) && persons.at(-1) === happened.by.person)
}

/** Whether one person signed, who acts for the bid that the entry names. */
function acts({ state }: Case, { event }: Happened<(typeof ACTING)[number]>, [first, ...more]: readonly Certified[]): boolean {
  const bid = state.bids.get(event.bid)
  return bid !== undefined && first !== undefined && !more.length && actsFor(state, bid, first)
}

function expectedOf(bundle: Case, happened: Happened): string[] | null {
  const officers = OFFICERS[happened.event.type]
  if (officers) return officers.map((role) => holder(bundle, happened, role))
  if (isOf(happened, 'OpeningScheduled')) return [firstHolder(bundle, 'host')]
  if (isOf(happened, 'OpeningSuspended', 'AbortOrdered', 'RoleHandedOver', 'DepositNoted')) return [happened.by.person]
  if (isOf(happened, 'BidSubmitted', 'BidWithdrawn', 'DealtAgain')) return [happened.event.bidder]
  return isOf(happened, ...OWN) ? [happened.event.person] : null
}

/** Every receipt is the log's promise for exactly the entry that carries it, every refusal of its time. */
function receipts(bundle: Case): void {
  for (const happened of REFUSING.flatMap((type) => bundle.happened(type))) refusal(bundle, happened)
  for (const happened of RECEIPTED.flatMap((type) => bundle.happened(type))) {
    const { event, shown } = happened
    const told = bundle.fromLog(shown, event.receipt, 'receipt')
    const place = [told.session, told.statements, told.line, told.seq]
    const salt = b64(fieldSalt(unb64(told.salt), 'type'))
    const own = alike(place, [bundle.session, receiptedBy(happened), shown.line, shown.seq])
    if (!own || salt !== shown.proof?.salts.type) throw new Failed(entryName(shown), 'otherReceipt')
  }
}

const REFUSING = ['SubmissionRefused', 'ReleaseRefused', 'ReleaseHindered'] as const
const RECEIPTED = ['BidSubmitted', 'KeyReleased', 'RemedyRequested', 'PartReleased', 'ConsortiumDeclared', 'DealtAgain'] as const

/** The statements for which the server gave its receipt. */
function receiptedBy(happened: Happened<(typeof RECEIPTED)[number]>): string[] {
  if (isOf(happened, 'BidSubmitted')) return happened.event.parts.map(({ submission }) => idOf(submission))
  if (isOf(happened, 'DealtAgain')) return happened.event.deals.map(({ statement }) => idOf(statement))
  const { signed } = happened.event as EventOf<Exclude<(typeof RECEIPTED)[number], 'BidSubmitted' | 'DealtAgain'>>
  return [idOf(signed.statement)]
}

function refusal(bundle: Case, { event, shown }: Happened<(typeof REFUSING)[number]>): void {
  const told = bundle.fromLog(shown, event.refusal, 'refusal')
  if (told.session !== bundle.session || told.at !== shown.event?.at) throw new Failed(entryName(shown), 'otherRefusal')
}
