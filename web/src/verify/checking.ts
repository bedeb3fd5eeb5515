import { onScopeDispose, shallowRef } from 'vue'
import type { Bytes } from '../seal/bytes'
import type { Item } from './report'

/** What the worker is asked; `trust` null: the bundle may only vouch for itself. */
export interface Asked {
  readonly bundle: Bytes
  readonly trust: Bytes | null
}

/** Why nothing could be judged; each has its sentences. */
export type Trouble = 'notAZip' | 'badTrust' | 'broken' | 'notThere' | 'offline'

export type Told =
  | { readonly type: 'walked'; readonly step: number }
  | { readonly type: 'done'; readonly items: readonly Item[]; readonly fingerprints: readonly string[] }
  | { readonly type: 'failed'; readonly code: Trouble }

export type Checking =
  | { readonly state: 'idle' }
  | { readonly state: 'running'; readonly step: number }
  | { readonly state: 'done'; readonly items: readonly Item[]; readonly fingerprints: readonly string[]; seconds: string }
  | { readonly state: 'failed'; readonly code: Trouble }

/** Verifies one bundle after another in a worker, so that the page stays awake. */
export function useChecking() {
  const checking = shallowRef<Checking>({ state: 'idle' })
  let worker: Worker | null = null

  function stop(): void {
    worker?.terminate()
    worker = null
  }

  function verify(asked: Asked): void {
    stop()
    const since = performance.now()
    const mine = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
    worker = mine
    checking.value = { state: 'running', step: 1 }
    mine.onmessage = ({ data }: MessageEvent<Told>) => {
      checking.value = told(data, since)
      if (data.type !== 'walked') stop()
    }
    mine.onerror = () => {
      checking.value = { state: 'failed', code: 'broken' }
      stop()
    }
    mine.postMessage(asked)
  }

  async function verifySession(session: string, trust: Bytes | null): Promise<void> {
    checking.value = { state: 'running', step: 1 }
    const fetched = await bundleOf(session)
    if (typeof fetched === 'string') checking.value = { state: 'failed', code: fetched }
    else verify({ bundle: fetched, trust })
  }

  function reset(): void {
    stop()
    checking.value = { state: 'idle' }
  }

  onScopeDispose(stop)
  return { checking, verify, verifySession, reset }
}

function told(data: Told, since: number): Checking {
  if (data.type === 'walked') return { state: 'running', step: data.step }
  if (data.type === 'failed') return { state: 'failed', code: data.code }
  const { items, fingerprints } = data
  return { state: 'done', items, fingerprints, seconds: ((performance.now() - since) / 1000).toFixed(1) }
}

async function bundleOf(session: string): Promise<Bytes | Trouble> {
  try {
    const answer = await fetch(`/api/sessions/${encodeURIComponent(session)}/bundle.zip`, { cache: 'no-store' })
    return answer.ok ? new Uint8Array(await answer.arrayBuffer()) : 'notThere'
  } catch {
    return 'offline'
  }
}

/** What became of one step: its worst item; null if it was not walked. */
export function verdictOf(items: readonly Item[], step: number): Item['verdict'] | null {
  const found = items.filter((item) => item.step === step).map(({ verdict }) => verdict)
  return (['failed', 'withheld', 'verified'] as const).find((verdict) => found.includes(verdict)) ?? null
}
