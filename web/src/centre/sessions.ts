import { onScopeDispose, ref, shallowRef } from 'vue'
import { momentOf } from '../timeline/instants'
import type { OpeningView } from '../wire'

const AGAIN_MS = 30_000
const RETRY_MS = 5000

/** The list of sessions as this person may see them, read again and again; what was read last stays while the server is away. */
export function useSessions(againMs = AGAIN_MS) {
  const sessions = shallowRef<readonly OpeningView[] | null>(null)
  const failed = ref(false)
  /** When this device last heard of them; null before it did. */
  const heardAt = ref<number | null>(null)
  let next: ReturnType<typeof setTimeout> | undefined
  let stopped = false

  async function read(): Promise<void> {
    try {
      const answer = await fetch('/api/sessions', { cache: 'no-store' })
      const { sessions: listed } = (await answer.json()) as { sessions?: OpeningView[] }
      failed.value = !listed
      sessions.value = listed ? inOrder(listed) : sessions.value
      heardAt.value = listed ? Date.now() : heardAt.value
    } catch {
      failed.value = true
    }
    if (!stopped) next = setTimeout(() => void read(), failed.value ? Math.min(RETRY_MS, againMs) : againMs)
  }

  void read()
  onScopeDispose(() => {
    stopped = true
    clearTimeout(next)
  })
  return { sessions, failed, heardAt }
}

export type Stage = 'running' | 'ahead' | 'over'

export function stageOf({ phase }: OpeningView): Stage {
  if (phase === 'CLOSED' || phase === 'ABORTED') return 'over'
  return phase === 'SCHEDULED' ? 'ahead' : 'running'
}

const STAGES: readonly Stage[] = ['running', 'ahead', 'over']

/** What goes on now comes first; then the next deadline, and of what is over the latest. */
export function inOrder(sessions: readonly OpeningView[]): OpeningView[] {
  return [...sessions].sort((a, b) => {
    const [stage, other] = [stageOf(a), stageOf(b)]
    if (stage !== other) return STAGES.indexOf(stage) - STAGES.indexOf(other)
    const sooner = (a.deadline ?? '9').localeCompare(b.deadline ?? '9')
    return stage === 'over' ? -sooner : sooner
  })
}

export interface Groups {
  /** They ask something of this person now. */
  readonly asking: readonly OpeningView[]
  readonly today: readonly OpeningView[]
  readonly next: readonly OpeningView[]
  readonly over: readonly OpeningView[]
}

/** Each session in one group: what it asks of its reader comes before when it is. `day` is today's date. */
export function grouped(sessions: readonly OpeningView[], day: string): Groups {
  const groups = { asking: [], today: [], next: [], over: [] } as Record<keyof Groups, OpeningView[]>
  for (const view of sessions) groups[groupOf(view, day)].push(view)
  return groups
}

function groupOf(view: OpeningView, day: string): keyof Groups {
  const [stage, asked] = [stageOf(view), askOf(view)]
  if (stage === 'over') return 'over'
  if (asked) return 'asking'
  return stage === 'running' || (view.deadline && momentOf(view.deadline).slice(0, 10) === day) ? 'today' : 'next'
}

const ASKS = [
  'countersign',
  'resume',
  'continue_lot',
  'sign_record',
  'close_opening',
  'answer_objection',
  'open_release',
  'read_out',
  'countersign_timetable',
  'countersign_strike',
  'draw_by_lottery',
  'seal_draw',
  'publish_policy',
  'propose_timetable',
  'offer_key',
  'publish_share',
  'publish_key',
  'deal_again',
  'check_in',
  'release',
  'confirm_line',
] as const

/** What a session asks of its reader; null if nothing that this page knows. A bidder’s first bid is its own wish. */
export function askOf({ me }: OpeningView): (typeof ASKS)[number] | null {
  return ASKS.find((known) => known === me.ask) ?? null
}

/** The sessions whose title, code or centre have all these words. */
export function found(sessions: readonly OpeningView[], words: string): readonly OpeningView[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean)
  return sessions.filter(({ session, tender }) => {
    const told = [session, tender?.title, tender?.code, tender?.trading_center].join(' ').toLowerCase()
    return wanted.every((word) => told.includes(word))
  })
}
