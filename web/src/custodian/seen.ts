/** What the timeline in this page shows, taken only where it is whole, and judged by the custodian's own trust file. */

import { keysOf } from '../bidder/log_keys'
import { unb64 } from '../seal/bytes'
import { ed25519Spki, isSignedBy } from '../seal/signing'
import { said, type Statement } from '../seal/statements'
import { includes } from '../seal/tree'
import type { Timeline } from '../timeline/frames'
import { check, genesis, platformLeaf } from '../verify/chain'
import { alike } from '../verify/hash'
import { cosignedAt, isSigned, parse, type NamedKey } from '../verify/note'
import type { Trust } from '../verify/trust'
import type { CheckpointCosigned, OpeningEvent, OpeningView, Shown, Signed } from '../wire'
import type { Why } from './why'

export type Followed = Timeline<OpeningView>

/** A promise does not hold, or is not here yet. */
export class Broken extends Error {
  constructor(
    readonly why: Why,
    readonly detail = '',
  ) {
    super([why, detail].join(' '))
  }
}

type Of<K> = Extract<OpeningEvent, { type: K }>

/** An entry and what it tells. */
interface Told<E> {
  readonly shown: Shown
  readonly event: E
}

export class Seen {
  private keys: Promise<NamedKey[]> | undefined

  constructor(
    readonly timeline: Followed,
    readonly trust: Trust,
    /** This device's own time, in milliseconds. */
    readonly now: number,
  ) {}

  /** Every entry of a kind that is shown whole, own line included. */
  events<K extends OpeningEvent['type']>(type: K): Told<Of<K>>[] {
    const { main, own } = this.timeline
    return [...main, ...own]
      .filter(({ event, proof }) => event?.type === type && proof && !Object.keys(proof.hidden).length)
      .map((shown) => ({ shown, event: shown.event as unknown as Of<K> }))
  }

  /** The latest of a kind; Broken if there is none. */
  last<K extends OpeningEvent['type']>(type: K, why: Why): Told<Of<K>> {
    const found = this.events(type).at(-1)
    if (!found) throw new Broken(why)
    return found
  }

  /** Both lines: every entry follows the one before it, and is what its leaf commits to. */
  chain(): void {
    const { session, main, own, ownLine } = this.timeline
    for (const [name, line] of [['main', main] as const, [ownLine, own] as const]) {
      line.reduce((head, shown, place) => {
        if (shown.line !== name || shown.seq !== place + 1) throw new Broken('notChained', String(place + 1))
        try {
          return check(shown, head)
        } catch {
          throw new Broken('notChained', String(shown.seq))
        }
      }, genesis(session, name))
    }
  }

  /** What the server states under one of the keys that its log has had. */
  async fromLog<P>(statement: Statement, kind: string): Promise<P> {
    const keys = await this.logKeys()
    const signed = await Promise.all(keys.map(({ key }) => isSignedBy(statement, ed25519Spki(key))))
    if (!signed.includes(true)) throw new Broken('notSignedByLog')
    return said(statement, kind) as P
  }

  /** Who signed this: people whom a trusted authority vouches for. */
  async signedByPeople({ statement, certificates }: Signed): Promise<string[]> {
    try {
      const copied = { statement: { ...statement, signatures: [...statement.signatures] }, certificates: [...certificates] }
      const signers = await this.trust.registry.signers(copied, this.now)
      return signers.map(({ person }) => person)
    } catch {
      throw new Broken('notTrusted')
    }
  }

  /** When a quorum cosigned a checkpoint that holds exactly this entry as the session's head; in seconds. */
  async cosignedTimes({ seq, leaf }: Shown): Promise<number[]> {
    const found = this.events('CheckpointCosigned').find(({ event }) => event.covers === seq && event.head === leaf)
    if (!found) throw new Broken('noCheckpoint')
    return this.times(found.event)
  }

  private async times({ covers, head, index, path, note }: CheckpointCosigned): Promise<number[]> {
    const read = noteOf(note)
    const leaf = platformLeaf(this.timeline.session, covers, head)
    if (!(await includes(read.root, read.size, index, leaf, path.map(unb64)))) throw new Broken('notInCheckpoint')
    if (!(await this.logKeys()).some((key) => isSigned(read, key))) throw new Broken('notSignedByLog')
    const { cosigners, quorum } = this.trust
    const times = cosigners.map((key) => cosignedAt(read, key)).filter((time) => time !== null)
    if (times.length < quorum) throw new Broken('noQuorum', `${times.length} / ${quorum}`)
    return times
  }

  private logKeys(): Promise<NamedKey[]> {
    this.keys ??= this.followed()
    return this.keys
  }

  /** The keys that the log has had: the trusted one, and whatever followed it for all to see. */
  private async followed(): Promise<NamedKey[]> {
    const told = this.events('LogKeyRotated').map(({ event }) => event.statement)
    const { successors, log } = this.trust.file
    const common = Math.min(told.length, successors.length)
    if (!alike(told.slice(0, common), successors.slice(0, common))) throw new Broken('otherLogKey')
    const all = told.length > common ? told : successors
    const keys = await keysOf(log, all)
    if (keys.length !== all.length + 1) throw new Broken('otherLogKey')
    return keys.map((key) => ({ name: log.name, key: unb64(key) }))
  }
}

function noteOf(note: string): ReturnType<typeof parse> {
  try {
    return parse(note)
  } catch {
    throw new Broken('noCheckpoint')
  }
}

