/** For tests: a session up to its custody, made by a log and two cosigners whose keys the test holds. */

import { ed25519 } from '@noble/curves/ed25519.js'
import { b64, concat, random, text, u64be, type Bytes } from '../seal/bytes'
import { ed25519Spki, keyIdOf } from '../seal/signing'
import { state, statementId, type Signer } from '../seal/statements'
import { genesis, leafOf, platformLeaf, shownRoot } from '../verify/chain'
import { hash, payloadId, setRoot } from '../verify/hash'
import { Trust } from '../verify/trust'
import type { Shown, Statement } from '../wire'
import { Seen, type Followed } from './seen'

const SESSION = 's'
export const T0 = Date.parse('2026-11-22T02:00:00.000Z')
export const at = (seconds: number): string => new Date(T0 + seconds * 1000).toISOString()

interface Key {
  readonly name: string
  readonly secret: Bytes
  readonly key: Bytes
}

function keyOf(name: string): Key {
  const secret = random(32)
  return { name, secret, key: Uint8Array.from(ed25519.getPublicKey(secret)) }
}

export const LOG = keyOf('log')
export const OTHER_LOG = keyOf('log')
const COSIGNERS = [keyOf('north'), keyOf('south')]

/** Bids by their submissions' ids. */
export const [A, B, C] = ['a', 'b', 'c'].map((name) => b64(hash(text(name)))) as [string, string, string]

async function signerOf({ secret, key }: Key): Promise<Signer> {
  const keyid = await keyIdOf(ed25519Spki(key))
  return { keyid, sign: (message) => Promise.resolve(Uint8Array.from(ed25519.sign(message, secret))) }
}

/** The log's key changes; both sign it, or whoever is named. */
export async function rotated(signers: readonly Key[] = [LOG, OTHER_LOG]): Promise<Statement> {
  const told = { log: LOG.name, old: b64(LOG.key), new: b64(OTHER_LOG.key), at: at(-60) }
  return state('key_rotated', told, ...(await Promise.all(signers.map(signerOf))))
}

class Main {
  readonly entries: Shown[] = []
  private head = genesis(SESSION, 'main')

  add(type: string, fields: object = {}): Shown {
    const event = { type, at: at(0), by: { person: 'log', role: 'log' }, ...fields }
    const salts = Object.fromEntries(Object.keys(event).map((name) => [name, b64(random(32))]))
    const [seq, proof] = [this.entries.length + 1, { salts, hidden: {} }]
    const leaf = leafOf(this.head, seq, shownRoot(event, proof))
    const shown = { line: 'main', seq, prev: b64(this.head), leaf: b64(leaf), event, proof }
    this.entries.push(shown)
    this.head = leaf
    return shown
  }

  /** The checkpoint of an entry, signed by as many cosigners as there are times. */
  cosign({ seq, leaf }: Shown, times: readonly number[], log: Key): void {
    const root = platformLeaf(SESSION, seq, leaf)
    const body = `${log.name}\n1\n${standard(root)}\n`
    const lines = [line(log, 1, text(body)), ...times.map((time, i) => cosigned(COSIGNERS[i]!, time, body))]
    this.add('CheckpointCosigned', { covers: seq, head: leaf, note: `${body}\n${lines.join('')}`, index: 0, path: [] })
  }
}

function cosigned(cosigner: Key, time: number, body: string): string {
  return line(cosigner, 4, text(`cosignature/v1\ntime ${time}\n${body}`), u64be(time))
}

function line({ name, secret, key }: Key, algorithm: number, message: Bytes, before: Bytes = new Uint8Array()): string {
  const tag = hash(text(name), Uint8Array.of(10, algorithm), key).slice(0, 4)
  return `— ${name} ${standard(concat(tag, before, ed25519.sign(message, secret)))}\n`
}

function standard(raw: Uint8Array): string {
  return btoa(String.fromCharCode(...raw))
}

/** What a day may have of its own; everything else is as it should be. */
export interface Turn {
  readonly log?: Key
  readonly rotations?: readonly Statement[]
  /** Seconds after the deadline at which each cosigner signed the close. */
  readonly closeAt?: readonly number[]
  readonly windowCosigners?: number
  readonly released?: readonly string[]
  readonly missing?: readonly string[]
  readonly closed?: object
  readonly window?: object
  readonly roster?: object
  readonly timetable?: object
  readonly more?: (main: Main) => void
  readonly now?: number
}

const DAY = {
  log: LOG,
  rotations: [],
  closeAt: [0, 1],
  windowCosigners: 2,
  released: [A, B],
  missing: [],
  now: T0 + 1_900_000,
} as const

export async function day(turn: Turn = {}): Promise<Seen> {
  const { log, rotations, closeAt, windowCosigners, released, missing, now } = { ...DAY, ...turn }
  const [main, office] = [new Main(), await signerOf(log)]
  const timetable = await state('timetable', { session: SESSION, deadline: at(0) })
  main.add('TimetableSigned', { signed: { statement: timetable, certificates: [] } })
  rotations.forEach((statement) => main.add('LogKeyRotated', { statement }))
  const lots = [{ lot: '1', count: 2, root: setRoot([A, B]) }]
  const close = { session: SESSION, timetable: await statementId(timetable), tick: 1, at: at(0), lots, ...turn.closed }
  const closed = main.add('BidsClosed', { close: await state('close', close, office) })
  main.cosign(closed, closeAt.map((second) => T0 / 1000 + second), log)
  main.add('RosterPublished', { close: await state('close', { ...close, ...turn.roster }, office) })
  main.add('ReleaseOpened', { ends_at: at(1800) })
  turn.more?.(main)
  const told = {
    session: SESSION,
    close: payloadId('close', close),
    timetable: close.timetable,
    at: at(1800),
    lots: [{ lot: '1', released: released.map((submission) => ({ submission, release: 'r' })), missing, sealed: [] }],
    extensions: [],
    pauses: [],
    ...turn.window,
  }
  const window = main.add('WindowClosed', { window_closed: await state('window_closed', told, office) })
  main.cosign(window, Array.from({ length: windowCosigners }, () => T0 / 1000 + 1801), log)
  return seen(main.entries, now)
}

/** As a custodian with this day's trust file sees these entries. */
export function seen(entries: readonly Shown[], now: number): Seen {
  const named = ({ name, key }: Key) => ({ name, key: b64(key) })
  const trust = new Trust({ roots: [], log: named(LOG), cosigners: COSIGNERS.map(named), quorum: 2, tsa: [], successors: [] })
  // Certificates have tests of their own.
  trust.registry.signers = () => Promise.resolve([])
  const timeline = { session: SESSION, main: entries, own: [], ownLine: 'x' } as unknown as Followed
  return new Seen(timeline, trust, now)
}
