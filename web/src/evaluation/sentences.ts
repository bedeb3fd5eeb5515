import type { Happened, Tell, Told, Tone } from '../timeline/happened'
import type { EvaluationEvent, EvaluationView } from '../wire'
import zh from './words.zh'

type Type = EvaluationEvent['type']
type Translate = (key: string, named?: Record<string, unknown>) => string

/** How the timeline of an evaluation is told: members by alias, never by name. */
export function tellIn(t: Translate, view: EvaluationView): Tell {
  return {
    sentence: (happened) => told(happened, t, view),
    word: (type) => t(keyOf(type), { ...BLANK, alias: t('someone'), type }),
  }
}

const BLANK = { alias: '', round: '', leader: '', number: '', site: '', type: '' }

function told(happened: Happened, t: Translate, { sites = {} }: EvaluationView): Told {
  const { type, alias, round, leader, number, site } = happened
  const named = {
    type,
    alias: alias ?? t('someone'),
    round: round ?? '',
    leader: leader ?? '—',
    number: number ?? '',
    site: typeof site === 'string' ? (sites[site] ?? site) : '',
  }
  return { text: t(keyOf(type), named), tone: toneOf(type) }
}

function keyOf(type: string): string {
  return `events.${type in zh.events ? type : 'unknown'}`
}

const PHASES: ReadonlySet<string> = new Set<Type>([
  'EvaluationOrdered',
  'ExpertDrawOpened',
  'CheckInOpened',
  'UndertakingOpened',
  'LeaderPhaseOpened',
  'MaterialsOpened',
  'ReviewOpened',
  'DetailedOpened',
  'OutliersFound',
  'SummaryOpened',
  'ReportOpened',
  'EvaluationClosed',
])
const BAD: ReadonlySet<string> = new Set<Type>([
  'EvaluationSuspended',
  'EvaluationVoided',
  'GateRefused',
  'MemberLeft',
  'SiteLost',
  'StepOverdue',
])
const QUIET: ReadonlySet<string> = new Set<Type>(['Ticked', 'CheckpointCosigned', 'CrlNotedDown', 'SheetDrafted'])

function toneOf(type: string): Tone {
  if (BAD.has(type)) return 'bad'
  if (QUIET.has(type)) return 'quiet'
  return PHASES.has(type) ? 'phase' : 'plain'
}
