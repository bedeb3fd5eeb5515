/** Camera, microphone, speaker: what there is, which is used, how loud it is. */

import { onScopeDispose, reactive, shallowRef } from 'vue'
import { stop } from '../app/media'

export type Kind = 'audio' | 'video'
const PICTURE = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 30 } }
const METER_MS = 100
const TONE_HZ = 440
const TONE_MS = 600

/** Our own sound and picture, with what may be chosen instead. */
export function useDevices() {
  const stream = shallowRef<MediaStream | null>(null)
  const found = reactive<Record<'audioinput' | 'videoinput' | 'audiooutput', MediaDeviceInfo[]>>({
    audioinput: [],
    videoinput: [],
    audiooutput: [],
  })
  const chosen = reactive({ audio: '', video: '', speaker: '' })
  const state = reactive({ level: 0, tried: false, opening: false })
  let meter: ReturnType<typeof listenTo> | null = null

  /** Both if there are both, else what there is. */
  async function start(): Promise<void> {
    close()
    state.opening = true
    stream.value = (await given(chosen, true, true)) ?? (await given(chosen, true, false)) ?? (await given(chosen, false, true))
    state.tried = true
    state.opening = false
    watch()
    await list()
  }

  /** One track of another device; null if it gives none. */
  async function another(kind: Kind, device: string): Promise<MediaStreamTrack | null> {
    chosen[kind] = device
    const got = await given(chosen, kind === 'audio', kind === 'video')
    return got?.getTracks()[0] ?? null
  }

  function choose(what: keyof typeof chosen, device: string): void {
    chosen[what] = device
  }

  async function list(): Promise<void> {
    const all = await navigator.mediaDevices.enumerateDevices()
    for (const kind of ['audioinput', 'videoinput', 'audiooutput'] as const) {
      found[kind] = all.filter((device) => device.kind === kind && device.deviceId)
    }
  }

  function watch(): void {
    meter?.close()
    meter = stream.value?.getAudioTracks().length ? listenTo(stream.value, (level) => (state.level = level)) : null
  }

  function close(): void {
    meter?.close()
    if (stream.value) stop(stream.value)
    stream.value = null
  }

  onScopeDispose(close)
  return { stream, found, chosen, state, start, choose, another, watch, close }
}

async function given(chosen: Record<Kind, string>, audio: boolean, video: boolean): Promise<MediaStream | null> {
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: audio && { deviceId: chosen.audio, echoCancellation: true, noiseSuppression: true },
      video: video && { deviceId: chosen.video, ...PICTURE },
    })
  } catch {
    return null
  }
}

function listenTo(stream: MediaStream, told: (level: number) => void) {
  const context = new AudioContext()
  const analyser = context.createAnalyser()
  context.createMediaStreamSource(stream).connect(analyser)
  const samples = new Float32Array(analyser.fftSize)
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples)
    const loudest = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)
    told(Math.min(1, loudest * 2))
  }, METER_MS)
  return {
    close: () => {
      clearInterval(timer)
      void context.close()
    },
  }
}

/** A short tone, to hear whether the speaker works. */
export async function playTone(): Promise<void> {
  const context = new AudioContext()
  const tone = context.createOscillator()
  const volume = context.createGain()
  volume.gain.value = 0.2
  tone.frequency.value = TONE_HZ
  tone.connect(volume).connect(context.destination)
  tone.start()
  await new Promise((resolve) => setTimeout(resolve, TONE_MS))
  tone.stop()
  await context.close()
}
