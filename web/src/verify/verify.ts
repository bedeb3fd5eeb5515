import type { Bytes } from '../seal/bytes'
import { close } from './bids'
import { Case } from './case'
import { read } from './container'
import { container, manifest, timelines } from './contents'
import { custody } from './custody'
import { drawing } from './drawing'
import { hearing } from './hearing'
import { chain, checkpoints } from './history'
import { lodgings } from './lodgings'
import { outcomes } from './outcomes'
import { record } from './record'
import { remedies } from './remedies'
import { replay } from './replay'
import { Failed, NOT_JUDGED, Report } from './report'
import { sideLines } from './side_lines'
import { people } from './signatures'
import { stamps } from './stamps'
import type { Trust } from './trust'
import { policies } from './vouching'

interface Step {
  readonly number: number
  readonly name: string
  readonly walk: (bundle: Case) => void | Promise<void>
}

/** The steps of docs/protocol.md, section 15. */
const STEPS: readonly Step[] = [
  { number: 1, name: 'container', walk: container },
  { number: 2, name: 'manifest.json', walk: manifest },
  { number: 3, name: 'timeline.json', walk: timelines },
  { number: 3, name: 'timeline.json', walk: chain },
  { number: 4, name: 'checkpoints', walk: checkpoints },
  { number: 4, name: 'time stamps', walk: stamps },
  { number: 5, name: 'side lines', walk: sideLines },
  { number: 6, name: 'phases', walk: replay },
  { number: 7, name: 'signatures', walk: people },
  { number: 8, name: 'policies', walk: policies },
  { number: 9, name: 'close', walk: close },
  { number: 9, name: 'lodgings', walk: lodgings },
  { number: 10, name: 'custody', walk: custody },
  { number: 10, name: 'remedies', walk: remedies },
  { number: 11, name: 'outcomes', walk: outcomes },
  { number: 11, name: 'draw', walk: drawing },
  { number: 12, name: 'hearing', walk: hearing },
  { number: 12, name: 'record.json', walk: record },
]

/** Without these, later steps have nothing to judge: the entries, and the state that they lead to. */
const NEEDED: readonly Step['walk'][] = [timelines, replay]

/**
 * Walk all steps over a bundle, also after a failure; NotAZip if it cannot be read at all. Without a trust file the
 * bundle vouches for itself. `walked` is told of each step that is done.
 */
export async function verify(
  raw: Bytes,
  trust: Trust | null,
  walked: (step: number, report: Report) => void = () => undefined,
): Promise<Report> {
  const { members, canonical } = read(raw)
  const report = new Report()
  const bundle = new Case(members, canonical, report, trust)
  let missing = 0
  for (const step of STEPS) {
    if (missing) report.withheld(step.number, step.name, NOT_JUDGED)
    else if (!(await walkOne(bundle, step)) && NEEDED.includes(step.walk)) missing = step.number
    walked(step.number, report)
  }
  return report
}

/** One step; whatever goes wrong in it is a failure of the bundle, never a crash of the verifier. */
async function walkOne(bundle: Case, { number, name, walk }: Step): Promise<boolean> {
  try {
    await walk(bundle)
    return true
  } catch (error) {
    if (error instanceof Failed) bundle.report.fails(number, error.what, error.why, error.detail)
    else bundle.report.fails(number, name, 'cannotBeChecked', error instanceof Error ? error.message : '')
    return false
  }
}
