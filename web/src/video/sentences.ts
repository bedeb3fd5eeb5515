import type { Happened, Tell, Told, Tone } from '../timeline/happened'
import type { PhaseStep } from '../timeline/phases'
import type { CallView, VideoEvent } from '../wire'
import zh from './words.zh'

type Type = VideoEvent['type']
type Translate = (key: string, named?: Record<string, unknown>) => string

/** How the timeline of a call is told: everybody as this reader may call it. */
export function tellIn(t: Translate, view: CallView): Tell {
  return {
    sentence: (happened) => told(happened, t, view),
    word: (type) => t(keyOf(type), { seat: t('someone'), why: '', type }),
  }
}

function told({ type, seat, cause }: Happened, t: Translate, { seats = {} }: CallView): Told {
  const name = typeof seat === 'string' ? (seats[seat]?.label ?? seat) : t('someone')
  const why = typeof cause === 'string' && cause in zh.obstacles ? t(`obstacles.${cause}`) : ''
  return { text: t(keyOf(type), { seat: name, why, type }), tone: toneOf(type) }
}

function keyOf(type: string): string {
  return `events.${type in zh.events ? type : 'unknown'}`
}

const TONES: Partial<Record<Type, Tone>> = {
  CallOpened: 'phase',
  GateOpened: 'phase',
  CallClosed: 'phase',
  GateClosed: 'bad',
  SupervisorLost: 'bad',
  RecorderFailed: 'bad',
  TokenRefused: 'bad',
  SeatRemoved: 'bad',
  TokenIssued: 'quiet',
  CheckpointCosigned: 'quiet',
}

function toneOf(type: string): Tone {
  return TONES[type as Type] ?? 'plain'
}

const STEPS = ['notice', 'lobby', 'call', 'over'] as const

const AT: Readonly<Record<string, number>> = { answer_notice: 0, enter_lobby: 1, join: 2, talk: 2 }

/** How far this reader has come; whoever has no seat sees no bar. */
export function stepsOf(view: CallView, t: Translate): { steps: PhaseStep[]; at: number } {
  if (!view.seat) return { steps: [], at: 0 }
  const at = view.closed ? 3 : (AT[view.ask] ?? 1)
  const state = (i: number): PhaseStep['state'] => (i === at ? 'current' : i < at ? 'done' : 'ahead')
  return { steps: STEPS.map((name, i) => ({ name, word: t(`steps.${name}`), state: state(i) })), at }
}

/** The sentence that says what is happening. */
export function nowOf(view: CallView): string {
  if (!view.kind) return 'nobody'
  return view.gate ?? 'open'
}

/** What is asked of this reader. */
export function askOf(view: CallView): string {
  if (view.closed) return 'over'
  const own = view.seats?.[view.seat ?? '']?.standing
  if (own === 'removed') return 'removed'
  return own === 'lobby' ? 'lobby' : view.ask
}

export function moodOf(view: CallView): 'running' | 'done' | 'attention' | 'failed' {
  if (view.closed) return 'done'
  return view.gate ? 'attention' : 'running'
}
