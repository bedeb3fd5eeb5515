/** This page in a call: joins, gives signs of life, comes back by itself, and says whom each stream shows. */

import { onScopeDispose, reactive, shallowReactive } from 'vue'
import { pageToken, post } from '../keys/account'
import type { Aside } from '../timeline/connection'
import { Refused, refusalOf } from '../timeline/refused'
import type { Refusal } from '../wire'
import { Wiring, type Came } from './wiring'

interface Showing {
  readonly mid: string
  readonly speaker: string
}

/** What the server tells of a call beside its entries. */
interface Told {
  readonly session: string
  readonly showing?: readonly Showing[]
  readonly levels?: Readonly<Record<string, number>>
  readonly losses?: Readonly<Record<string, number>>
}

interface Joined extends Told {
  readonly answer: string
  readonly line: string
}

export interface Carried {
  state: 'idle' | 'joining' | 'live' | 'lost'
  refusal: Refusal | null
  levels: Readonly<Record<string, number>>
  losses: Readonly<Record<string, number>>
  tripMs: number | undefined
}

const BEAT_MS = 400
const AGAIN_MS = 1000
const STATS_MS = 2000
/** Nothing changes these by trying again. */
const FINAL = ['call_over', 'removed', 'not_allowed', 'not_admitted', 'notice_not_answered', 'no_such_session', 'not_signed_in']

/** How a page comes in, with a token of its own or as one of a hall's many: the relays it may use, and whom it asks. */
type Enter = () => Promise<{ readonly relays: readonly RTCIceServer[]; readonly ask: (offer: string) => Promise<Joined> }>

export class Carriage {
  readonly carried: Carried = reactive({ state: 'idle', refusal: null, levels: {}, losses: {}, tripMs: undefined })
  /** What is heard and seen of each speaker, by seat. */
  readonly streams = shallowReactive(new Map<string, MediaStream>())
  own: MediaStream | null = null

  private wiring: Wiring | null = null
  private line = ''
  private wanted = false
  /** Come in once more, as before. */
  private again: () => Promise<void> = () => Promise.resolve()
  private readonly tracks = new Map<string, MediaStreamTrack>()
  private showing: readonly Showing[] = []
  private readonly beat = new Worker(new URL('./beat.ts', import.meta.url), { type: 'module' })
  private readonly stats = setInterval(() => void this.measure(), STATS_MS)

  constructor(
    readonly session: string,
    private readonly aside: Aside,
  ) {
    aside.hear('call', (body) => {
      this.take(body as Told)
    })
    this.beat.onmessage = () => {
      if (this.line) this.aside.send('alive', { session: this.session, line: this.line })
    }
    addEventListener('pagehide', this.hidden)
    addEventListener('online', this.network)
  }
  /** Come in, and stay in over every loss until `leave`. */
  async join(own: MediaStream | null, pairs: number): Promise<void> {
    await this.enter(own, pairs, () => this.withToken())
  }

  /** Hear a hall's broadcast. */
  async listen(): Promise<void> {
    const ask = (offer: string): Promise<Joined> => post(`/api/calls/${this.session}/listen`, { offer }) as Promise<Joined>
    await this.enter(null, 1, () => Promise.resolve({ relays: [], ask }))
  }

  async leave(): Promise<void> {
    const inside = this.line !== ''
    this.end()
    if (inside) await post(`/api/calls/${this.session}/leave`, {}).catch(() => undefined)
  }

  /** Send another device's track, or the screen. */
  async send(track: MediaStreamTrack): Promise<void> {
    const before = this.own?.getTracks().find(({ kind }) => kind === track.kind)
    if (before) {
      track.enabled = before.enabled
      this.own?.removeTrack(before)
      before.stop()
    }
    this.own?.addTrack(track)
    await this.wiring?.send(track)
  }

  /** Hang up without a word. */
  end(): void {
    this.wanted = false
    this.drop()
    this.carried.state = 'idle'
  }

  dispose(): void {
    removeEventListener('pagehide', this.hidden)
    removeEventListener('online', this.network)
    clearInterval(this.stats)
    this.end()
    this.beat.terminate()
  }

  private async withToken(): ReturnType<Enter> {
    const path = `/api/calls/${this.session}`
    const { token, relays } = (await post(`${path}/token`, {})) as { token: string; relays: readonly RTCIceServer[] }
    return { relays, ask: (offer) => post(`${path}/join`, { token, offer }) as Promise<Joined> }
  }

  private async enter(own: MediaStream | null, pairs: number, ways: Enter): Promise<void> {
    if (this.wanted && this.carried.state === 'joining') return
    this.own = own
    this.wanted = true
    this.carried.state = 'joining'
    this.again = () => this.enter(own, pairs, ways)
    while (this.goesOn()) {
      try {
        await this.wire(pairs, ways)
        this.carried.refusal = null
        this.carried.state = 'live'
        return
      } catch (thrown) {
        this.carried.refusal = refusalOf(thrown)
        if (FINAL.includes(this.carried.refusal.code)) this.end()
        else await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
      }
    }
  }

  private goesOn(): boolean {
    return this.wanted
  }

  private async wire(pairs: number, ways: Enter): Promise<void> {
    this.drop()
    const { relays, ask } = await ways()
    const wiring = (this.wiring = new Wiring(relays, this.came, (state) => {
      if (this.wiring === wiring) this.changed(state)
    }))
    await wiring.open(this.own, pairs, async (offer) => {
      const joined = await ask(offer)
      this.line = joined.line
      this.aside.send('alive', { session: this.session, line: this.line })
      this.beat.postMessage(BEAT_MS)
      this.showing = joined.showing ?? [] // drawn once the connection is on its way: a slow machine does one after the other
      return joined.answer
    })
    this.show(this.showing)
  }

  private changed(state: RTCPeerConnectionState): void {
    if (state === 'connected') this.carried.state = 'live'
    if (state === 'disconnected') void this.restart()
    if (state !== 'failed' || !this.wanted) return
    this.carried.state = 'lost'
    void this.again()
  }

  /** Over another network, with the same seat and streams; where the line is worth nothing any more, a new one is made. */
  private async restart(): Promise<void> {
    const { line } = this
    if (!line) return
    this.carried.state = 'lost'
    try {
      await this.wiring?.restart(async (offer) => {
        const { answer } = (await post(`/api/calls/${this.session}/again`, { line, offer })) as Joined
        return answer
      })
    } catch (thrown) {
      if (thrown instanceof Refused && this.wanted && this.line === line) void this.again()
    }
  }

  private drop(): void {
    this.beat.postMessage(0)
    this.wiring?.close()
    this.wiring = null
    this.line = ''
    this.tracks.clear()
    this.showing = []
    this.streams.clear()
  }

  private readonly came = ({ mid, track }: Came): void => {
    this.tracks.set(mid, track)
    this.show(this.showing)
  }

  private take(told: Told): void {
    if (told.session !== this.session) return
    if (told.showing) this.show(told.showing)
    if (told.levels) this.carried.levels = told.levels
    if (told.losses) this.carried.losses = told.losses
  }

  /** A seat's tracks are played together, and none of somebody else's with them. */
  private show(showing: readonly Showing[]): void {
    this.showing = showing
    for (const speaker of new Set([...this.streams.keys(), ...showing.map(({ speaker }) => speaker)])) {
      const lines = showing.filter((one) => one.speaker === speaker && speaker)
      this.give(speaker, lines.flatMap(({ mid }) => this.tracks.get(mid) ?? []))
    }
  }

  private give(speaker: string, tracks: readonly MediaStreamTrack[]): void {
    const before = this.streams.get(speaker)?.getTracks() ?? []
    if (!tracks.length) this.streams.delete(speaker)
    else if (before.length !== tracks.length || tracks.some((track) => !before.includes(track)))
      this.streams.set(speaker, new MediaStream([...tracks]))
  }

  private async measure(): Promise<void> {
    this.carried.tripMs = await this.wiring?.tripMs()
  }

  private readonly network = (): void => {
    if (this.carried.state === 'live') void this.restart()
  }

  /** The page is going: say so, as long as it can. */
  private readonly hidden = (): void => {
    if (!this.line) return
    const headers = { 'Content-Type': 'application/json', ...pageToken() }
    void fetch(`/api/calls/${this.session}/leave`, { method: 'POST', keepalive: true, headers, body: '{}' })
  }
}

/** A carriage for as long as the calling component lives. */
export function useCarriage(session: string, aside: Aside): Carriage {
  const carriage = new Carriage(session, aside)
  onScopeDispose(() => {
    void carriage.leave()
    carriage.dispose()
  })
  return carriage
}
