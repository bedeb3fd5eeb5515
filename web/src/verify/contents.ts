import * as v from 'valibot'
import type { GenericSchema } from 'valibot'
import { b64 } from '../seal/bytes'
import { parseJcs } from '../seal/canonical'
import { LINES, MANIFEST, stated, TIMELINE, type Case } from './case'
import { hash } from './hash'
import { Failed } from './report'
import { follow } from './rotation'
import { said, type Payload } from './statements'
import { Trust } from './trust'
import { shown, statement as statementSchema } from './values'

/** Step 1: the zip is in its one canonical form. */
export function container(bundle: Case): void {
  if (!bundle.canonical) throw new Failed('container', 'notCanonical')
  bundle.report.holds(1, 'container', String(bundle.members.size))
}

/** Step 2: every member is the one listed, none is missing or extra, and the log's key signs the list. */
export function manifest(bundle: Case): void {
  const statement = parsed(bundle, MANIFEST, statementSchema)
  const listed = saidManifest(statement)
  takeTrust(bundle, listed)
  stated(MANIFEST, statement, 'manifest', bundle.logKeys.slice(-1))
  bundle.manifest = listed
  bundle.report.holds(2, MANIFEST, listed.session)
  members(bundle, listed)
}

/** Reads the entries; no judgement yet. */
export function timelines(bundle: Case): void {
  bundle.main = parsed(bundle, TIMELINE, v.array(shown))
  bundle.lines = parsed(bundle, LINES, v.array(shown))
}

function saidManifest(statement: Parameters<typeof said>[0]): Payload<'manifest'> {
  try {
    return said(statement, 'manifest')
  } catch {
    throw new Failed(MANIFEST, 'malformed')
  }
}

/** Each member against its listed hash. */
function members({ members: all, report }: Case, { members: listed }: Payload<'manifest'>): void {
  const found = new Map([...all].filter(([name]) => name !== MANIFEST))
  for (const name of [...new Set([...found.keys(), ...Object.keys(listed)])].sort()) {
    const raw = found.get(name)
    if (!raw) report.fails(2, name, 'missing')
    else if (!(name in listed)) report.fails(2, name, 'notListed')
    else if (b64(hash(raw)) !== listed[name]) report.fails(2, name, 'notTheOneListed')
    else report.holds(2, name)
  }
}

/** The keys that must sign: the trusted ones, or without a trust file those that the bundle names. */
function takeTrust(bundle: Case, { vouched_by }: Payload<'manifest'>): void {
  const named = readable(vouched_by)
  takeKeys(bundle, named)
  if (bundle.trust && !bundle.trust.sameAs(named)) throw new Failed(MANIFEST, 'otherTrust')
  if (!named.isPossible) throw new Failed(MANIFEST, 'impossibleQuorum')
  if (bundle.trust) return
  bundle.trust = named
  const { log, cosigners } = named.file
  bundle.report.fingerprints.push(
    `log ${log.name} ${log.key}`,
    ...bundle.logKeys.slice(1).map(({ name, key }) => `log ${name} later ${b64(key)}`),
    ...cosigners.map(({ name, key }) => `cosigner ${name} ${key}`),
    ...named.authorities.map((fingerprint) => `authority ${fingerprint}`),
    ...named.stampers.map((fingerprint) => `authority of time ${fingerprint}`),
  )
}

/** The log's keys, from the one that is trusted to the one that it had when it made the bundle. */
function takeKeys(bundle: Case, { log, file }: Trust): void {
  try {
    bundle.logKeys = follow(log, file.successors)
    bundle.successors = file.successors
  } catch {
    throw new Failed(MANIFEST, 'otherSuccessor')
  }
}

function readable(file: Payload<'manifest'>['vouched_by']): Trust {
  try {
    return new Trust(file)
  } catch {
    throw new Failed(MANIFEST, 'unreadableAuthority')
  }
}

function parsed<S extends GenericSchema>({ members }: Case, name: string, schema: S): v.InferOutput<S> {
  const raw = members.get(name)
  if (!raw) throw new Failed(name, 'missing')
  try {
    return v.parse(schema, parseJcs(raw))
  } catch {
    throw new Failed(name, 'malformed')
  }
}
