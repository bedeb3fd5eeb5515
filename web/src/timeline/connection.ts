import { io, type Socket } from 'socket.io-client'
import { onScopeDispose, shallowReactive, type ShallowReactive } from 'vue'
import type { Frame, Joined, Refusal } from '../wire'
import type { Answer, HandIn } from './desk'
import { GAP, joined, OTHER_LOG, received, REWRITTEN, type Timeline } from './frames'

/** Where this page stands with its server. */
export type Link = 'joining' | 'live' | 'lost' | 'offline'

/** A session as it is followed: what is held stays on the page while the link is down. */
export interface Following<View> {
  timeline: Timeline<View> | null
  link: Link
  /** Why the server does not let this page in. */
  refusal: Refusal | null
  /** How many entries the last reconnection brought; null before there was one. */
  caughtUp: number | null
}

type Entered = { readonly ok: true; readonly joined: Joined } | (Refusal & { readonly ok: false })

/** Signs in again whom a restarted server has forgotten; false if nobody is to be signed in. */
export type SignInAgain = () => Promise<boolean>

/** What goes over the same line and is no entry. */
export interface Aside {
  /** Lost if the line is down. */
  readonly send: (event: string, body: object) => void
  readonly hear: (event: string, taken: (body: unknown) => void) => void
}

const ANSWER_MS = 10_000
/** So long a command is handed in again and again. */
const PATIENCE_MS = 45_000
const AGAIN_MS = 500
const RETRY_MS = 2000
const NO_SUCH_SESSION = 'no_such_session'
const NO_ANSWER: Answer = {
  ok: false,
  code: 'no_answer',
  zh: '服务器没有答复，不能确定是否已经受理。请看本页显示的状态；再次提交不会重复受理。',
  en: 'The server has not answered. See what this page shows; handing it in again does not do it twice.',
  trace: '',
}

/** What is held stays on the page, as evidence; nothing more is taken from this server, and nothing handed in. */
const ANOTHER_PAST: Refusal = {
  ok: false,
  code: 'rewritten',
  zh: '服务器改动了已经公布的记录，本页不再接收其内容。请保留本页，立即联系监督人员。',
  en: 'The server has changed an entry that it showed before; this page takes nothing more from it. Keep this page and call the supervisor at once.',
  trace: '',
}

/** Follow a session for as long as the calling component lives. */
export function useTimeline<View>(
  session: string,
  again: SignInAgain = () => Promise.resolve(false),
): { following: ShallowReactive<Following<View>>; handIn: HandIn; aside: Aside } {
  const socket = io({
    transports: ['websocket'],
    forceNew: true,
    autoConnect: false,
    timeout: ANSWER_MS,
    reconnectionDelay: 500,
    reconnectionDelayMax: 8000,
    // A hall full of pages must not come back in one instant.
    randomizationFactor: 0.5,
  })
  const follower = new Follower<View>(socket, session, again)
  follower.start()
  onScopeDispose(() => {
    follower.stop()
  })
  return { following: follower.following, handIn: follower.handIn, aside: follower.aside }
}

/** Keeps `following` true to what comes out of the socket. */
export class Follower<View> {
  readonly following: ShallowReactive<Following<View>> = shallowReactive({
    timeline: null,
    link: 'joining',
    refusal: null,
    caughtUp: null,
  })

  readonly aside: Aside = {
    send: (event, body) => {
      if (this.socket.connected) this.socket.emit(event, body)
    },
    hear: (event, taken) => {
      this.socket.on(event, taken)
    },
  }

  /** Frames may overtake the answer to a join: until it is here they wait; null: nothing is waited for. */
  private waiting: Frame[] | null = []
  /** Only the answer to the latest join counts. */
  private attempt = 0
  private retry: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly socket: Socket,
    private readonly session: string,
    private readonly again: SignInAgain = () => Promise.resolve(false),
  ) {}

  start(): void {
    this.socket.on('connect', () => void this.join())
    this.socket.on('frame', this.take)
    this.socket.on('disconnect', this.down)
    this.socket.on('connect_error', this.down)
    window.addEventListener('online', this.network)
    window.addEventListener('offline', this.network)
    this.socket.connect()
  }

  stop(): void {
    this.attempt += 1
    clearTimeout(this.retry)
    window.removeEventListener('online', this.network)
    window.removeEventListener('offline', this.network)
    this.socket.off()
    this.socket.disconnect()
  }

  private async join(): Promise<void> {
    const mine = ++this.attempt
    this.waiting = []
    const since = this.following.timeline?.main.length ?? 0
    const answer = await this.ask<Entered>('join', { session: this.session, since })
    const forgotten = answer?.ok === true && !answer.joined.own_line && (await this.again())
    if (mine === this.attempt) this.arrive(forgotten ? null : answer, since)
  }

  private arrive(answer: Entered | null, since: number): void {
    if (!answer) this.reopen()
    else if (answer.ok) this.enter(answer.joined, since)
    else this.refuse(answer)
  }

  private async ask<A>(event: string, body: object): Promise<A | null> {
    try {
      return (await this.socket.timeout(ANSWER_MS).emitWithAck(event, body)) as A
    } catch {
      return null
    }
  }

  /** Hand in a command until it is answered: a repetition changes nothing. Over a lost line it waits for the next. */
  readonly handIn = async (command: Parameters<HandIn>[0]): Promise<Answer> => {
    const until = performance.now() + PATIENCE_MS
    while (performance.now() < until) {
      if (this.following.refusal === ANOTHER_PAST) return ANOTHER_PAST as Answer
      const body = { session: this.session, command }
      const answer = this.following.link === 'live' ? await this.ask<Answer>('command', body) : null
      if (answer && (answer.ok || !(await this.passes(answer)))) return answer
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
    }
    return NO_ANSWER
  }

  /** Whether a refusal passes by itself: the server stumbled, or has forgotten who we are. */
  private async passes({ code }: Refusal): Promise<boolean> {
    if (code !== 'not_signed_in') return code === 'failed'
    const known = await this.again()
    if (known) this.reopen()
    return known
  }

  private enter(answer: Joined, since: number): void {
    const { following } = this
    const now = joined(following.timeline, answer)
    if (now === OTHER_LOG) {
      this.startOver(since)
      return
    }
    if (now === REWRITTEN) {
      this.distrust()
      return
    }
    following.caughtUp = following.timeline ? answer.entries.length : null
    following.timeline = now
    following.refusal = null
    following.link = 'live'
    const early = this.waiting ?? []
    this.waiting = null
    early.forEach(this.take)
  }

  private startOver(since: number): void {
    this.following.timeline = null
    this.following.link = 'joining'
    // An answer from the very beginning that is not whole is the server's fault: no endless asking.
    if (since) void this.join()
    else this.later(this.reopen)
  }

  private readonly take = (frame: Frame): void => {
    const { timeline } = this.following
    if (this.waiting || !timeline) {
      this.waiting?.push(frame)
      return
    }
    const now = received(timeline, frame)
    if (now === GAP) void this.join()
    else if (now === REWRITTEN) this.distrust()
    else this.following.timeline = now
  }

  private distrust(): void {
    this.stop()
    this.following.link = 'lost'
    this.following.refusal = ANOTHER_PAST
  }

  private refuse(refusal: Refusal): void {
    this.following.refusal = refusal
    if (refusal.code !== NO_SUCH_SESSION) this.later(this.reopen)
  }

  private readonly down = (): void => {
    this.attempt += 1
    this.waiting = []
    this.following.link = navigator.onLine ? 'lost' : 'offline'
    // socket.io comes back by itself, unless the server has closed the door.
    if (!this.socket.active) this.later(this.reopen)
  }

  /** A browser that is told it is offline keeps a dead socket for long: see at once whether a new one opens. */
  private readonly network = (): void => {
    if (!navigator.onLine || !this.socket.connected) this.reopen()
  }

  private readonly reopen = (): void => {
    this.socket.disconnect().connect()
    clearTimeout(this.retry)
  }

  private later(act: () => void): void {
    clearTimeout(this.retry)
    this.retry = setTimeout(act, RETRY_MS * (0.5 + Math.random()))
  }
}
