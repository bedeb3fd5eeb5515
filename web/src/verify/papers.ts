import { entryName, type Case } from './case'
import { isOf, type Happened, type Type } from './events'
import { alike, idOf } from './hash'
import { textOf } from './instants'
import { Failed } from './report'
import { said, type Payload } from './statements'

type Readers = { readonly [K in Type]?: (bundle: Case, happened: Happened<K>) => boolean }

/** Each paper is of this session, of this person, and follows the one before it. */
export function papers(bundle: Case): void {
  let table = ''
  for (const shown of bundle.main) {
    const happened = bundle.whole(shown)
    if (!happened) continue
    if (isOf(happened, 'TimetableSigned')) {
      must(happened, followsTable(bundle, happened, table))
      table = idOf(happened.event.signed.statement)
    } else {
      const reads = READERS[happened.event.type] as ((bundle: Case, happened: Happened) => boolean) | undefined
      must(happened, reads?.(bundle, happened) ?? true)
    }
  }
  for (const happened of bundle.happened('BidderCheckedIn')) must(happened, checkIn(bundle, happened))
}

function must({ shown }: Happened, holds: boolean): void {
  if (!holds) throw new Failed(entryName(shown), 'paperSaysOtherwise')
}

function followsTable(bundle: Case, { event }: Happened<'TimetableSigned'>, prev: string): boolean {
  const table = said(event.signed.statement, 'timetable')
  const known = [...bundle.state.policies.keys()].sort()
  return alike([table.session, table.policies, table.prev], [bundle.session, known, prev || null])
}

function checkIn(bundle: Case, { event, by }: Happened<'BidderCheckedIn' | 'MemberCheckedIn'>): boolean {
  const told = said(event.signed.statement, 'check_in')
  return alike([told.session, told.person, told.role], [bundle.session, event.person, by.role])
}

/** That a step ends when the timetable says. */
function lasts(window: keyof Payload<'timetable'>['windows']) {
  return ({ state }: Case, { event, at }: Happened & { event: { ends_at: string } }): boolean =>
    event.ends_at === textOf(at + state.table().windows[window])
}

const READERS: Readers = {
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
