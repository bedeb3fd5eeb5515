import type { Happened, Told, Tone } from '../timeline/happened'
import { momentOf, timeOf } from '../timeline/instants'
import { said } from '../timeline/said'
import type { OpeningEvent, OpeningView, Signed, Statement } from '../wire'
import { money } from './money'
import type { SoFar } from './so_far'

type Type = OpeningEvent['type']
/** An event as shown: any field may be withheld. */
type Seen<K extends Type> = Partial<Extract<OpeningEvent, { type: K }>> & Pick<Happened, 'at' | 'by'>

/** What of vue-i18n is needed to say something. */
type Translate = (key: string, named?: Record<string, unknown>) => string

interface Known {
  readonly t: Translate
  readonly view: OpeningView
  readonly soFar: SoFar
}

type Details = Readonly<Record<string, string | number>>
type Teller<K extends Type> = (seen: Seen<K>, known: Known) => Details | [key: string, details: Details]

/** What happened, in one sentence of the reader's language. */
export function tell(happened: Happened, known: Known): Told {
  if (!isKnown(happened.type)) {
    return { text: known.t('opening.events.unknown', { type: happened.type }), tone: 'plain' }
  }
  const told = (TELLERS[happened.type] as Teller<Type>)(happened as Seen<Type>, known)
  const [key, details] = Array.isArray(told) ? told : [happened.type, told]
  return { text: known.t(`opening.events.${key}`, details), tone: toneOf(happened) }
}

/** What kind of entry it is, where nothing else of it may be known. */
export function word(type: string, t: Translate): string {
  return isAct(type) ? t(`opening.acts.${type}`) : type
}

function isAct(type: string): type is (typeof ACTS)[number] {
  return (ACTS as readonly string[]).includes(type)
}

const ACTS = [
  ...(['BidSubmitted', 'BidWithdrawn', 'BidderCheckedIn', 'ConsortiumDeclared', 'DealtAgain', 'DrillPassed'] as const),
  ...(['KeyReleased', 'PartReleased', 'ReleaseHindered', 'WrongKeyTried'] as const),
] as const

function isKnown(type: string): type is Type {
  return Object.keys(TELLERS).includes(type)
}

const nothing = (): Details => ({})
const until = ({ ends_at }: { ends_at?: string }): Details => ({ time: ends_at ? timeOf(ends_at) : '' })
const byPerson = ({ person, by }: { person?: string } & Pick<Happened, 'by'>, known: Known): Details => ({
  name: nameOf(person ?? by?.person, known),
})
const byBidder = ({ bidder, name }: { bidder?: string; name?: string }, known: Known): Details => ({
  name: name ?? bidderName(bidder, known),
})

const TELLERS: { readonly [K in Type]: Teller<K> } = {
  OpeningScheduled: ({ tender }) => ({ title: tender?.title ?? '' }),
  CustodianKeyOffered: byPerson,
  PolicyPublished: nothing,
  TimetableProposed: ({ signed }) => ({ deadline: deadlineOf(signed) }),
  TimetableSigned: ({ signed }) => ({ deadline: deadlineOf(signed) }),
  BidSubmitted: (seen, known) => {
    const version = seen.version ?? 1
    return version > 1 ? ['BidReplaced', { ...byBidder(seen, known), version }] : byBidder(seen, known)
  },
  BidWithdrawn: byBidder,
  StrikeProposed: ({ signed }, known) => ({ name: struckName(signed, known) }),
  CustodianStruck: ({ signed }, known) => ({ name: struckName(signed, known) }),
  DealtAgain: byBidder,
  ConsortiumDeclared: byBidder,
  DrillPassed: ({ by }, known) => ({ name: bidderName(by?.person, known) }),
  DrillDealt: byPerson,
  CustodianDrilled: byPerson,
  BidderCheckedIn: ({ person, name }, known) => ({ name: name ?? bidderName(person, known) }),
  MemberCheckedIn: (seen, known) => {
    const role = seen.by?.role ?? known.view.members?.[seen.person ?? '']?.role ?? 'observer'
    return { ...byPerson(seen, known), role: known.t(`opening.roles.${role}`) }
  },
  LobbyOpened: nothing,
  Ticked: nothing,
  BidsClosed: nothing,
  OpeningHeld: nothing,
  CheckpointCosigned: ({ covers }) => ({ covers: covers ?? '' }),
  RosterPublished: (_seen, { view }) => ({ n: (view.counts ?? []).reduce((sum, { bids }) => sum + bids, 0) }),
  LotAborted: ({ lot, cause }, { view }) => {
    return [cause ? ENDED[cause] : 'LotEnded', { lot: titleOf(lot, view) }]
  },
  OpeningAborted: nothing,
  ReleaseOpened: until,
  KeyReleased: ({ by }, known) => ({ name: bidderName(by?.person, known) }),
  PartReleased: ({ by }, known) => ({ name: bidderName(by?.person, known) }),
  ReleaseHindered: ({ by }, known) => ({ name: bidderName(by?.person, known) }),
  WrongKeyTried: ({ by, left }, known) => ({ name: bidderName(by?.person, known), left: left ?? '' }),
  WindowClosed: ({ window_closed }) => ({
    released: lengthOf(window_closed, 'released'),
    missing: lengthOf(window_closed, 'missing'),
  }),
  CustodyOpened: until,
  KeyPublished: byPerson,
  KeyEntrusted: byPerson,
  BidSettled: ({ bid, outcome }, { t, view }) => ({
    n: view.bids?.[bid ?? '']?.number ?? '',
    outcome: outcome ? t(`opening.outcomes.${outcome}`) : '',
  }),
  Disclosed: nothing,
  ReadoutOpened: nothing,
  DepositNoted: ({ deposit }, { t }) => ({ status: t(`opening.deposit.${deposit?.status ?? 'not_stated'}`) }),
  BidReadOut: ({ name, form, outcome }, { t }) => ({
    name: name ?? '',
    result: form ? money(form.price, form.currency) : outcome ? t(`opening.outcomes.${outcome}`) : '',
  }),
  RecordPrepared: until,
  RecordSigned: ({ person }, known) => ({ name: bidderName(person, known) }),
  OpeningClosed: nothing,
  CrlNotedDown: nothing,
  StampTaken: nothing,
  LogKeyRotated: nothing,
  DrawSealed: byPerson,
  DrawOpened: nothing,
  CoefficientDrawn: ({ coefficient, value, lottery }) => [
    lottery ? 'CoefficientDrawnByLottery' : 'CoefficientDrawn',
    { coefficient: coefficient ?? '', value: value ?? '' },
  ],
  LotteryCalled: nothing,
  ConfirmationOpened: until,
  LineConfirmed: ({ by }, known) => ({ name: bidderName(by?.person, known) }),
  LineDisputed: byBidderWithText,
  ObjectionsOpened: until,
  Said: ({ alias, text, by }, known) => ({ name: speaker(alias, by?.person, known), text: text ?? '' }),
  ObjectionRaised: (seen, known) => ({
    name: seen.name ?? speaker(seen.alias, undefined, known),
    number: seen.number ?? '',
    text: seen.text ?? '',
  }),
  ObjectionAnswered: ({ number, text }) => ({ number: number ?? '', text: text ?? '' }),
  RecordRefused: ({ name, reason }) => ({ name: name ?? '', reason: reason ?? '' }),
  SignatureAwaited: ({ by }, known) => ({ name: nameOf(by?.person, known) }),
  RequestRefused: nothing,
  WindowExtended: until,
  OpeningSuspended: ({ cause }, { t }) => ({ cause: cause ? t(`opening.stopped.${cause}`) : '' }),
  SuspensionCountersigned: nothing,
  OpeningResumed: nothing,
  AbortOrdered: nothing,
  RoleHandedOver: ({ to, role }, known) => ({
    name: nameOf(to, known),
    role: role ? known.t(`opening.roles.${role}`) : '',
  }),
  CountCheckOpened: until,
  LotContinued: ({ lot, ground }, { view }) => ({ lot: titleOf(lot, view), ground: ground ?? '' }),
  CustodianKeysDestroyed: byPerson,
  LodgingSeedPublished: nothing,
  EscrowSharePublished: byPerson,
  CustodyClosed: nothing,
  KeyLodged: nothing,
  LodgingFailed: nothing,
  RemedyRequested: nothing,
  SubmissionRefused: nothing,
  ReleaseRefused: nothing,
}

function byBidderWithText({ name, number, text }: { name?: string; number?: number; text?: string }): Details {
  return { name: name ?? '', number: number ?? '', text: text ?? '' }
}

/** Under an alias until the author is shown. */
function speaker(alias: number | null | undefined, person: string | undefined, known: Known): string {
  const name = known.soFar.names.get(person ?? '')
  return name ?? (alias ? known.t('opening.alias', { alias }) : nameOf(person, known))
}

/** How it is told that a lot has ended. */
const ENDED = {
  none_opened: 'LotNoneOpened',
  too_few_bids: 'LotTooFewBids',
  supervisor_decided: 'LotEnded',
  suspended_too_long: 'LotEnded',
} as const

function titleOf(lot: string | undefined, { tender }: OpeningView): string {
  return tender?.lots.find((other) => other.lot === lot)?.title ?? lot ?? ''
}

function nameOf(person: string | undefined, { t, soFar }: Known): string {
  return soFar.names.get(person ?? '') ?? t('opening.someone')
}

/** A bidder may be named only where an entry names it. */
function bidderName(person: string | undefined, { t, soFar }: Known): string {
  return soFar.names.get(person ?? '') ?? t('opening.aBidder')
}

/** The custodian whom a strike takes out. */
function struckName(signed: Signed | undefined, known: Known): string {
  const person = signed && said(signed.statement)?.person
  return nameOf(typeof person === 'string' ? person : undefined, known)
}

function deadlineOf(signed: Signed | undefined): string {
  const deadline = signed && said(signed.statement)?.deadline
  return typeof deadline === 'string' ? momentOf(deadline) : ''
}

/** How many the end of the window lists under this name, in all lots. */
function lengthOf(statement: Statement | undefined, name: 'released' | 'missing'): number | string {
  const lots = statement && said(statement)?.lots
  if (!Array.isArray(lots)) return ''
  return (lots as Record<typeof name, readonly unknown[]>[]).reduce((sum, lot) => sum + lot[name].length, 0)
}

const PHASE_CHANGES: ReadonlySet<string> = new Set<Type>([
  'OpeningScheduled',
  'LobbyOpened',
  'BidsClosed',
  'CountCheckOpened',
  'RosterPublished',
  'ReleaseOpened',
  'WindowClosed',
  'CustodyOpened',
  'DrawOpened',
  'ReadoutOpened',
  'ConfirmationOpened',
  'ObjectionsOpened',
  'RecordPrepared',
  'OpeningClosed',
])
const BAD: ReadonlySet<string> = new Set<Type>([
  'OpeningHeld',
  'OpeningSuspended',
  'AbortOrdered',
  'LotAborted',
  'OpeningAborted',
  'ReleaseHindered',
  'WrongKeyTried',
])
const QUIET: ReadonlySet<string> = new Set<Type>(['Ticked', 'CheckpointCosigned', 'CrlNotedDown'])

function toneOf({ type, outcome }: Happened): Tone {
  if (BAD.has(type)) return 'bad'
  if (QUIET.has(type)) return 'quiet'
  if (type === 'BidReadOut' || type === 'BidSettled') return outcome === 'OPENED' || outcome === 'REMEDIED' ? 'good' : 'bad'
  return PHASE_CHANGES.has(type) ? 'phase' : 'plain'
}
