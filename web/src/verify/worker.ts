/// <reference lib="webworker" />
import { NotAZip } from './container'
import { BadTrust, readTrust } from './trust'
import { verify } from './verify'
import type { Asked, Told } from './checking'

const scope = globalThis as unknown as DedicatedWorkerGlobalScope

scope.onmessage = ({ data }: MessageEvent<Asked>) => void judged(data)

async function judged({ bundle, trust }: Asked): Promise<void> {
  try {
    const known = trust && readTrust(trust)
    const report = await verify(bundle, known, (step) => {
      tell({ type: 'walked', step })
    })
    tell({ type: 'done', items: report.items, fingerprints: report.fingerprints })
  } catch (error) {
    tell({ type: 'failed', code: codeOf(error) })
  }
}

function codeOf(error: unknown): 'notAZip' | 'badTrust' | 'broken' {
  if (error instanceof NotAZip) return 'notAZip'
  return error instanceof BadTrust ? 'badTrust' : 'broken'
}

function tell(told: Told): void {
  scope.postMessage(told)
}

