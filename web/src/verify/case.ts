import * as v from 'valibot'
import type { Bytes } from '../seal/bytes'
import { ed25519Spki, isSignedBy } from '../seal/signing'
import { eventOf, isOf, type Happened, type Type } from './events'
import { when } from './instants'
import { Failed, type Report } from './report'
import { said, type Kind, type Payload } from './statements'
import { Opening } from './state'
import type { Trust } from './trust'
import { string, type SealedStatement, type Shown } from './values'

export const MANIFEST = 'manifest.json'
export const TIMELINE = 'timeline.json'
export const LINES = 'lines.json'
export const RECORD = 'record.json'
export const MAIN = 'main'

/** One bundle under examination. Steps fill it in their order; what a failed step left out stays empty. */
export class Case {
  manifest: Payload<'manifest'> | null = null
  main: readonly Shown[] = []
  lines: readonly Shown[] = []
  state = new Opening('')
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

  /** What the server states under its log key; Failed otherwise. */
  async fromLog<K extends Kind>(what: string, statement: SealedStatement, kind: K): Promise<Payload<K>> {
    if (!(await isSignedBy(statement, ed25519Spki(this.vouched.log.key)))) {
      throw new Failed(what, 'notSignedByLog', kind)
    }
    return said(statement, kind)
  }
}

/** How an entry is called in a report. */
export function entryName({ line, seq }: Pick<Shown, 'line' | 'seq'>): string {
  return line === MAIN ? `${TIMELINE} entry ${seq}` : `${LINES} ${line} entry ${seq}`
}

export function envelopeName(bid: string): string {
  return `envelopes/${bid}.sbe`
}

const who = v.object({ person: string, role: string })

function wholly(shown: Shown): Happened | null {
  const { event, proof } = shown
  if (!event || !proof || Object.keys(proof.hidden).length) return null
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
