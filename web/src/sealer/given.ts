/** What a `.tender` file says, and whether those who signed it may be believed. */

import { sealForOf, type SealFor } from '../bidder/own'
import { readToSeal, type ToSeal } from '../bidder/to_seal'
import { said } from '../seal/statements'
import { Refused } from '../timeline/refused'
import type { Signed } from '../wire'
import { readTrust } from '../verify/trust'
import type { Signed as Judged } from '../verify/values'

/** A file that says one thing throughout, and for whom its parts are sealed. */
export interface Given {
  readonly told: ToSeal
  readonly parts: readonly SealFor[]
}

/** Who signed the rules, by the trust file's authorities. */
export interface Vouched {
  readonly policy: readonly string[]
  readonly custodians: readonly string[]
}

interface Custodian {
  readonly person: string
  readonly proof: Signed
}

interface Rules {
  readonly session: string
  readonly tender: string
  readonly lot: string
  readonly part: string
  readonly custodians: readonly Custodian[]
  readonly authorities: readonly string[]
  readonly log: object
  readonly cosigners: readonly object[]
  readonly quorum: number
}

interface Struck {
  readonly policy: string
  readonly custodians: readonly Custodian[]
}

/** Refused with `tender_file`, or `tender_file_mixed` where its parts belong to different things. */
export async function readGiven(text: string): Promise<Given> {
  const told = readToSeal(text)
  const parts = await Promise.all(told.parts.map(sealForOf))
  const belong = told.parts.every((rules, place) => belongs(told, rules, parts[place]!))
  const wanted = (told.lot.parts ?? [{ part: 'readout_form' }]).map(({ part }) => part)
  const whole = [...wanted].sort().join('\n') === parts.map(({ part }) => part).sort().join('\n')
  if (belong && whole) return { told, parts }
  throw Refused.because(
    'tender_file_mixed',
    '文件中的招标规则与项目或标段不符，不能用于密封。请重新下载。',
    'The policies in this file belong to another tender or lot. Download it again; nothing is sealed for it.',
  )
}

function belongs({ session, code, lot }: ToSeal, { policy, strike }: ToSeal['parts'][number], to: SealFor): boolean {
  const rules = said(policy.statement, 'policy') as Rules
  const struck = strike && (said(strike.statement, 'strike') as Struck)
  return [rules.session, rules.tender, rules.lot].join('\n') === [session, code, lot.lot].join('\n') && (!struck || struck.policy === to.policy)
}

/** Who signed, if the trust file knows the authorities behind all of them, and the policies name its log and cosigners. */
export async function vouched({ told }: Given, trustFile: Uint8Array, now: number): Promise<Vouched> {
  try {
    const trust = readTrust(trustFile)
    const { log, cosigners, quorum } = trust.file
    const ours = stated({ authorities: trust.authorities, log, cosigners, quorum })
    const [policy, custodians] = [new Set<string>(), new Set<string>()]
    for (const { policy: signed, strike } of told.parts) {
      const rules = said(signed.statement, 'policy') as Rules
      if (stated(rules) !== ours) throw new Error('other authorities, log or cosigners')
      const signers = await Promise.all([signed, ...(strike ? [strike] : [])].map((one) => trust.registry.signers(one as Judged, now)))
      signers.flat().forEach(({ name }) => policy.add(name))
      const holders = strike ? (said(strike.statement, 'strike') as Struck).custodians : rules.custodians
      for (const holder of holders) custodians.add(await keeper(trust.registry, rules, holder, now))
    }
    return { policy: [...policy], custodians: [...custodians] }
  } catch {
    throw Refused.because(
      'not_vouched',
      '招标规则或保管人公钥与信任文件不符，不要用它密封。请联系交易中心。',
      'The policies or the custodians’ keys are not what the trust file vouches for. Do not seal; call the centre.',
    )
  }
}

type Registry = ReturnType<typeof readTrust>['registry']

/** The custodian's name, if it signed its own key for this very place. */
async function keeper(registry: Registry, { session, lot, part }: Rules, { person, proof }: Custodian, now: number): Promise<string> {
  const key = said(proof.statement, 'custodian_key') as Pick<Rules, 'session' | 'lot' | 'part'>
  const [signer, ...more] = await registry.signers(proof as Judged, now)
  const own = key.session === session && key.lot === lot && key.part === part
  if (!own || more.length || signer?.person !== person) throw new Error('not the custodian’s own key')
  return signer.name
}

function stated({ authorities, log, cosigners, quorum }: Pick<Rules, 'authorities' | 'log' | 'cosigners' | 'quorum'>): string {
  return JSON.stringify([authorities, log, cosigners, quorum], (_, value: unknown) => sorted(value))
}

/** The same object has the same text, in whatever order its fields came. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}
