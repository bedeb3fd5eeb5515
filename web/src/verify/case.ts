import * as v from 'valibot'
import type { Bytes } from '../seal/bytes'
import { eventOf, isOf, type Happened, type Type } from './events'
import { when } from './instants'
import type { NamedKey } from './note'
import type { Phase } from './phases'
import { Failed, type Report } from './report'
import { isSignedByKey } from './rotation'
import { said, type Kind, type Payload } from './statements'
import { Opening } from './state'
import type { Trust } from './trust'
import { string, type SealedStatement, type Shown } from './values'

export const MANIFEST = 'manifest.json'
export const TIMELINE = 'timeline.json'
export const LINES = 'lines.json'
export const RECORD = 'record.json'
export const MAIN = 'main'

/** What of the state that a timetable met decides whether it may follow. */
export interface Before {
  readonly phase: Phase
  readonly policies: readonly string[]
  readonly lacksPolicy: boolean
  readonly timetable: Payload<'timetable'> | null
  readonly timetableId: string
}

/** One bundle under examination. Steps fill it in their order; what a failed step left out stays empty. */
export class Case {
  manifest: Payload<'manifest'> | null = null
  main: readonly Shown[] = []
  lines: readonly Shown[] = []
  state = new Opening('')
  /** The log's keys in their order; the last signs the manifest. */
  logKeys: readonly NamedKey[] = []
  successors: readonly SealedStatement[] = []
  /** By main-line number. */
  readonly before = new Map<number, Before>()
  private readonly read = new WeakMap<Shown, Happened | null>()

  constructor(
    readonly members: ReadonlyMap<string, Bytes>,
    readonly canonical: boolean,
    readonly report: Report,
    public trust: Trust | null,
  ) {}

  /** By whose keys everything is judged; Failed if nobody's are known. */
  get vouched(): Trust {
    if (!this.trust) throw new Failed(MANIFEST, 'nobodyVouches')
    return this.trust
  }

  get session(): string {
    if (!this.manifest) throw new Failed(MANIFEST, 'sessionUnknown')
    return this.manifest.session
  }

  /** The event of an entry that is shown whole; null where a field is withheld. */
  whole(shown: Shown): Happened | null {
    const known = this.read.get(shown)
    if (known !== undefined) return known
    const told = wholly(shown)
    this.read.set(shown, told)
    return told
  }

  /** The entries of these kinds that are shown whole. */
  happened<K extends Type>(...types: readonly K[]): Happened<K>[] {
    const all = [...this.main, ...this.lines].map((shown) => this.whole(shown))
    return all.filter((happened): happened is Happened<K> => happened !== null && isOf(happened, ...types))
  }

  /** Whose signature counts in an entry: the key that the log had then; in the millisecond of a change both. */
  logKeysAt({ event }: Shown): readonly NamedKey[] {
    const at = String(event?.at)
    const changed = this.happened('LogKeyRotated').map(({ shown }) => String(shown.event?.at))
    const [before, until] = [changed.filter((when) => when < at).length, changed.filter((when) => when <= at).length]
    return this.logKeys.slice(before, until + 1)
  }

  /** What the server states in an entry under its log key; Failed otherwise. */
  fromLog<K extends Kind>(shown: Shown, statement: SealedStatement, kind: K): Payload<K> {
    return stated(entryName(shown), statement, kind, this.logKeysAt(shown))
  }
}

/** What a statement under one of the log's keys says; Failed otherwise. */
export function stated<K extends Kind>(
  what: string,
  statement: SealedStatement,
  kind: K,
  keys: readonly NamedKey[],
): Payload<K> {
  if (!keys.some((key) => isSignedByKey(statement, key))) throw new Failed(what, 'notSignedByLog', kind)
  return about(what, () => said(statement, kind))
}

/** Whatever goes wrong in it goes wrong with `what`. */
export function about<T>(what: string, look: () => T): T {
  try {
    return look()
  } catch (error) {
    throw blamed(what, error)
  }
}

/** The same of what takes its time. */
export async function aboutLater<T>(what: string, look: () => Promise<T>): Promise<T> {
  try {
    return await look()
  } catch (error) {
    throw blamed(what, error)
  }
}

function blamed(what: string, error: unknown): Failed {
  if (error instanceof Failed) return error
  return new Failed(what, 'cannotBeChecked', error instanceof Error ? error.message : '')
}

/** How an entry is called in a report. */
export function entryName({ line, seq }: Pick<Shown, 'line' | 'seq'>): string {
  return line === MAIN ? `${TIMELINE} entry ${seq}` : `${LINES} ${line} entry ${seq}`
}

/** The member that holds an authority's list of revoked certificates, by the hash that the session noted. */
export function crlName(hash: string): string {
  return `crls/${hash}.crl`
}

export function envelopeName(bid: string): string {
  return `envelopes/${bid}.sbe`
}

const who = v.strictObject({ person: string, role: string })

/** What no public bundle shows: halves and keys of parts that are not read out. Nothing is decided by them here. */
const KEPT = new Set(['PartReleased s_b', 'KeyEntrusted signed'])

function wholly(shown: Shown): Happened | null {
  const { event, proof } = shown
  if (!event || !proof || !Object.keys(proof.hidden).every((name) => KEPT.has(`${String(event.type)} ${name}`))) return null
  return new Whole(eventOf(event), shown, event)
}

/** When and by whom it was is read only by steps that ask for it. */
class Whole implements Happened {
  constructor(
    readonly event: Happened['event'],
    readonly shown: Shown,
    private readonly fields: Readonly<Record<string, unknown>>,
  ) {}

  get at(): number {
    return when(String(this.fields.at))
  }

  get by(): Happened['by'] {
    return v.parse(who, this.fields.by)
  }
}
