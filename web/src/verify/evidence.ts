import type { Bytes } from '../seal/bytes'
import { crlName, entryName, MAIN, type Case } from './case'
import type { Happened } from './events'
import { alike } from './hash'
import { Failed } from './report'
import { readCrl, statusOf, type Crl } from './revocation'
import type { Signed } from './values'

interface Listed {
  readonly noted: Happened
  readonly crl: Crl
}

/** The lists of revoked certificates that a session noted, each with its place: what came after judges no more. */
export class Evidence {
  /** Statements of whose certificates nothing was known: their authority was silent. */
  unknown = 0

  private constructor(
    private readonly bundle: Case,
    private readonly lists: readonly Listed[],
  ) {}

  static async of(bundle: Case): Promise<Evidence> {
    const noted = bundle.happened('CrlNotedDown')
    const lists = await Promise.all(noted.map(async (entry) => ({ noted: entry, crl: await listOf(bundle, entry) })))
    return new Evidence(bundle, lists)
  }

  /** Failed if a certificate was revoked when its statement was taken. */
  async judge(happened: Happened, { certificates }: Signed): Promise<void> {
    const { registry } = this.bundle.vouched
    const found = await Promise.all(
      certificates.map((der) => statusOf(der, this.inForce(happened), registry, happened.at)),
    )
    if (found.includes('revoked')) throw new Failed(entryName(happened.shown), 'revoked')
    this.unknown += found.includes('unknown') ? 1 : 0
  }

  /** Failed unless the certificate was revoked by the list that is named, and that list was in force. */
  async hindered(happened: Happened<'ReleaseHindered'>): Promise<void> {
    const { event, at, shown } = happened
    const meanwhile = this.lists.filter(({ noted }) => noted.at === at).map(({ crl }) => crl)
    const named = [...this.inForce(happened), ...meanwhile].filter(
      ({ noted }) => noted.authority === event.authority && noted.hash === event.crl,
    )
    const status = await statusOf(event.signed.certificates[0]!, named, this.bundle.vouched.registry, at)
    if (status !== 'revoked') throw new Failed(entryName(shown), 'notRevokedByList')
  }

  /** The lists that say whose failure it was that a half did not come. */
  whenSettled(): Lists {
    const settled = this.bundle.happened('BidSettled')[0]?.shown.seq ?? Infinity
    const before = this.lists.filter(({ noted }) => noted.shown.seq < settled)
    return {
      byHash: new Map(this.lists.map(({ crl }) => [crl.noted.hash, crl])),
      last: new Map(before.map(({ crl }) => [crl.noted.authority, crl])),
    }
  }

  /** Of each authority the newest list that an entry met. */
  private inForce(happened: Happened): Crl[] {
    const before = this.lists.filter(({ noted }) => isBefore(noted, happened))
    return [...new Map(before.map(({ crl }) => [crl.noted.authority, crl])).values()]
  }
}

/** The lists by their hashes, and of each authority the one in force when the bids were settled. */
export interface Lists {
  readonly byHash: ReadonlyMap<string, Crl>
  readonly last: ReadonlyMap<string, Crl>
}

/**
 * Main-line entries are in order; of a side-line entry only the time tells, and within a millisecond nothing. The lists
 * that a session begins with were known when its first statement was taken: one act, by one author at one instant.
 */
function isBefore(listed: Happened, judged: Happened): boolean {
  if (judged.shown.line !== MAIN) return listed.at < judged.at
  const together = alike(listed.by, judged.by) && listed.at === judged.at
  return listed.shown.seq < judged.shown.seq || together
}

async function listOf(bundle: Case, { event, shown }: Happened<'CrlNotedDown'>): Promise<Crl> {
  const name = crlName(event.crl.hash)
  const raw: Bytes | undefined = bundle.members.get(name)
  if (!raw) throw new Failed(name, 'listMissing')
  const crl = await readCrl(raw, bundle.vouched.registry.authorities)
  if (!crl) throw new Failed(name, 'listNotBelieved')
  if (!alike(crl.noted, event.crl)) throw new Failed(entryName(shown), 'otherList')
  return crl
}
