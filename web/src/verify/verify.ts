import type { Bytes } from '../seal/bytes'
import { close, custody } from './bids'
import { Case } from './case'
import { read } from './container'
import { container, manifest, timelines } from './contents'
import { drawing } from './drawing'
import { hearing } from './hearing'
import { chain, checkpoints } from './history'
import { outcomes } from './outcomes'
import { record } from './record'
import { replay } from './replay'
import { Failed, Report } from './report'
import { sideLines } from './side_lines'
import { people, policies } from './signatures'
import type { Trust } from './trust'

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
  { number: 5, name: 'side lines', walk: sideLines },
  { number: 6, name: 'phases', walk: replay },
  { number: 7, name: 'signatures', walk: people },
  { number: 8, name: 'policies', walk: policies },
  { number: 9, name: 'close', walk: close },
  { number: 10, name: 'custody', walk: custody },
  { number: 11, name: 'outcomes', walk: outcomes },
  { number: 11, name: 'draw', walk: drawing },
  { number: 12, name: 'hearing', walk: hearing },
  { number: 12, name: 'record.json', walk: record },
]

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
  for (const step of STEPS) {
    await walkOne(bundle, step)
    walked(step.number, report)
  }
  return report
}

/** One step; whatever goes wrong in it is a failure of the bundle, never a crash of the verifier. */
async function walkOne(bundle: Case, { number, name, walk }: Step): Promise<void> {
  try {
    await walk(bundle)
  } catch (error) {
    if (error instanceof Failed) bundle.report.fails(number, error.what, error.why, error.detail)
    else bundle.report.fails(number, name, 'cannotBeChecked', error instanceof Error ? error.message : '')
  }
}
