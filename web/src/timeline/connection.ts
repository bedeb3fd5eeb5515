import { io, type Socket } from 'socket.io-client'
import { onScopeDispose, shallowReactive, type ShallowReactive } from 'vue'
import type { Frame, Join, Joined, Refusal } from '../wire'
import { GAP, joined, OTHER_LOG, received, type Timeline } from './frames'

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

type Answer = { readonly ok: true; readonly joined: Joined } | (Refusal & { readonly ok: false })

const ANSWER_MS = 10_000
const RETRY_MS = 2000
const NO_SUCH_SESSION = 'no_such_session'

/** Follow a session for as long as the calling component lives. */
export function useTimeline<View>(session: string): ShallowReactive<Following<View>> {
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
  const follower = new Follower<View>(socket, session)
  follower.start()
  onScopeDispose(() => {
    follower.stop()
  })
  return follower.following
}

/** Keeps `following` true to what comes out of the socket. */
export class Follower<View> {
  readonly following: ShallowReactive<Following<View>> = shallowReactive({
    timeline: null,
    link: 'joining',
    refusal: null,
    caughtUp: null,
  })

  /** Frames may overtake the answer to a join: until it is here they wait; null: nothing is waited for. */
  private waiting: Frame[] | null = []
  /** Only the answer to the latest join counts. */
  private attempt = 0
  private retry: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly socket: Socket,
    private readonly session: string,
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
    const answer = await this.ask({ session: this.session, since })
    if (mine !== this.attempt) return
    if (!answer) this.reopen()
    else if (answer.ok) this.enter(answer.joined, since)
    else this.refuse(answer)
  }

  private async ask(join: Join): Promise<Answer | null> {
    try {
      return (await this.socket.timeout(ANSWER_MS).emitWithAck('join', join)) as Answer
    } catch {
      return null
    }
  }

  private enter(answer: Joined, since: number): void {
    const { following } = this
    const now = joined(following.timeline, answer)
    if (now === OTHER_LOG) {
      this.startOver(since)
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
    else this.following.timeline = now
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
