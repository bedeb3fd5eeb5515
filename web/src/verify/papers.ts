import { b64, text } from '../seal/bytes'
import { about, entryName, type Case } from './case'
import { isOf, type Happened, type Type } from './events'
import { alike, idOf, labelled } from './hash'
import { textOf, when } from './instants'
import type { Phase } from './phases'
import { isSound, mayHold } from './plans'
import { follows } from './policies'
import { Failed } from './report'
import { said, type Payload } from './statements'
import type { Policy } from './held'

type Readers = { readonly [K in Type]?: (bundle: Case, happened: Happened<K>) => boolean }

/** Each paper is of this session, of this person, and follows the one before it. */
export function papers(bundle: Case): void {
  const struck = new Map(bundle.state.policies)
  for (const shown of bundle.main) {
    const happened = bundle.whole(shown)
    if (!happened) continue
    about(entryName(shown), () => {
      if (isOf(happened, 'TimetableSigned')) timetable(bundle, happened)
      else if (isOf(happened, 'CustodianStruck')) strike(bundle, happened, struck)
      else must(happened, (READERS[happened.event.type] as Reader | undefined)?.(bundle, happened) ?? true)
    })
  }
  for (const happened of bundle.happened('BidderCheckedIn', 'BidWithdrawn')) {
    about(entryName(happened.shown), () => {
      if (isOf(happened, 'BidderCheckedIn')) must(happened, checkIn(bundle, happened))
      else if (isOf(happened, 'BidWithdrawn')) withdrawn(bundle, happened)
    })
  }
}

type Reader = (bundle: Case, happened: Happened) => boolean

function must({ shown }: Happened, holds: boolean): void {
  if (!holds) throw new Failed(entryName(shown), 'paperSaysOtherwise')
}

/** The bidder said so itself, of a bid it had handed in on this lot. */
function withdrawn(bundle: Case, { shown, event }: Happened<'BidWithdrawn'>): void {
  const told = said(event.signed.statement, 'withdraw')
  const named = bundle.happened('BidSubmitted').find(({ event: { bidder, lot, parts } }) => {
    const own = bidder === event.bidder && lot === event.lot
    return own && alike(parts.map(({ submission }) => idOf(submission)), told.submissions)
  })
  const place = [told.session, told.bidder, told.version]
  if (!named || !alike(place, [bundle.session, event.bidder, named.event.version])) {
    throw new Failed(entryName(shown), 'otherWithdrawal')
  }
}

const TABLED: readonly Phase[] = ['SCHEDULED', 'LOBBY', 'HELD']

/** One that the rules would have taken: it follows the one that held, and its deadline is later and still ahead. */
function timetable(bundle: Case, happened: Happened<'TimetableSigned'>): void {
  const table = said(happened.event.signed.statement, 'timetable')
  const before = bundle.before.get(happened.shown.seq)
  must(happened, table.session === bundle.session && before !== undefined && TABLED.includes(before.phase))
  if (before) must(happened, mayHold(before, table, happened.at))
}

/** Before the deadline, of this session, after the strike before it; all other custodians stay as they were. */
function strike(bundle: Case, happened: Happened<'CustodianStruck'>, policies: Map<string, Policy>): void {
  const { shown, event } = happened
  const [told, policy] = [said(event.signed.statement, 'strike'), policies.get(said(event.signed.statement, 'strike').policy)]
  const chain = (bundle.state.revisions.get(told.policy) ?? []).map((made) => made.strike)
  const before = [null, ...chain][chain.indexOf(idOf(event.signed.statement))] ?? null
  const inTime = !bundle.state.close || String(shown.event?.at) < bundle.state.close.at
  must(happened, policy !== undefined && inTime && alike([told.session, told.prev], [bundle.session, before]))
  if (!policy) return
  must(happened, follows(policy, told))
  policies.set(told.policy, { ...policy, custodians: told.custodians })
}

/** For how long somebody may ask at most, in milliseconds. */
const FRESH_MS = 600_000

function checkIn(bundle: Case, { event, by, at }: Happened<'BidderCheckedIn' | 'MemberCheckedIn'>): boolean {
  const told = said(event.signed.statement, 'check_in')
  const named = alike([told.session, told.person, told.role], [bundle.session, event.person, by.role])
  const expires = when(told.expires)
  return named && at <= expires && expires <= at + FRESH_MS
}

/** That a step ends when the timetable says. */
function lasts(window: keyof Payload<'timetable'>['windows']) {
  return ({ state }: Case, { event, at }: Happened & { event: { ends_at: string } }): boolean =>
    event.ends_at === textOf(at + state.table().windows[window])
}

const READERS: Readers = {
  OpeningScheduled(bundle, { event, by }) {
    const plan = said(event.signed.statement, 'schedule')
    const same = alike([plan.session, plan.tender, plan.members], [bundle.session, event.tender, event.members])
    return isSound(plan, by.person) && same
  },
  CustodianDrilled(bundle, { event }) {
    const { session, kid, secret } = said(event.signed.statement, 'custodian_drill')
    const told = b64(labelled('sbe/1 drilled', text(bundle.session), text(kid), text(secret)))
    return session === bundle.session && bundle.state.dummies.has([event.person, kid, told].join())
  },
  PolicyPublished(bundle, { event }) {
    const policy = said(event.signed.statement, 'policy')
    return alike([policy.session, policy.tender], [bundle.session, bundle.state.tender?.code ?? null])
  },
  CustodianKeyOffered(bundle, { event }) {
    const offer = said(event.signed.statement, 'custodian_key')
    const wanted = [...bundle.state.policies.values()].some(({ lot, part }) => lot === offer.lot && part === offer.part)
    return offer.session === bundle.session && wanted
  },
  MemberCheckedIn: checkIn,
  BidsClosed: (bundle, { event }) => said(event.close, 'close').session === bundle.session,
  WindowClosed(bundle, { event, at }) {
    const told = said(event.window_closed, 'window_closed')
    return alike([told.session, told.timetable, told.at], [bundle.session, bundle.state.timetableId, textOf(at)])
  },
  ReleaseOpened: lasts('release_ms'),
  CustodyOpened: lasts('custody_ms'),
  ConfirmationOpened: lasts('confirm_ms'),
  ObjectionsOpened: lasts('objection_ms'),
  RecordPrepared: lasts('record_ms'),
}
