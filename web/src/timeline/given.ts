import type { Socket } from 'socket.io-client'
import type { Frame, Join, Joined, Shown } from '../wire'

/** For tests: an entry of the main line; withheld if nothing is said of it. */
export function entry(seq: number, event: Record<string, unknown> | null = { type: `E${seq}` }): Shown {
  return { line: 'main', seq, prev: '', leaf: `leaf ${seq}`, event, proof: null }
}

/** For tests: an answer to a join that holds `entries`, and says that the session's head is behind them. */
export function answer(entries: readonly Shown[], given: Partial<Joined> = {}): Joined {
  return {
    session: 's',
    room: 'opening',
    epoch: 'e',
    head: entries[entries.length - 1]?.seq ?? 0,
    n: 0,
    own_line: '',
    entries,
    own: [],
    revealed: [],
    slots: [],
    view: {},
    ...given,
  }
}

/** For tests: frame `n`, which brings `shown` if there is any. */
export function frame(n: number, shown: Shown | null = null, given: Partial<Frame> = {}): Frame {
  return { session: 's', n, ...shown, ...given }
}

type Handler = (...args: never[]) => void

/** For tests: the part of socket.io's client that the page uses, driven by hand. */
export class GivenSocket {
  connected = false
  active = true
  readonly joins: Join[] = []
  private readonly answers: unknown[] = []
  private readonly handlers = new Map<string, Handler>()

  /** What the next joins are answered with, in this order; an Error is no answer. */
  will(...answers: unknown[]): void {
    this.answers.push(...answers)
  }

  /** As the network or the server would. */
  async fire(name: string, ...args: unknown[]): Promise<void> {
    if (name === 'disconnect') this.connected = false
    ;(this.handlers.get(name) as ((...args: unknown[]) => void) | undefined)?.(...args)
    await new Promise((resolve) => setTimeout(resolve))
  }

  on(name: string, handler: Handler): void {
    this.handlers.set(name, handler)
  }

  off(): void {
    this.handlers.clear()
  }

  timeout(): this {
    return this
  }

  connect(): this {
    this.connected = true
    void this.fire('connect')
    return this
  }

  disconnect(): this {
    if (this.connected) void this.fire('disconnect')
    return this
  }

  emitWithAck(name: string, join: Join): Promise<unknown> {
    if (name === 'join') this.joins.push(join)
    const given = this.answers.shift()
    return given instanceof Error ? Promise.reject(given) : Promise.resolve(given)
  }

  asSocket(): Socket {
    return this as unknown as Socket
  }
}
