/** Whether camera and microphone give anything, tried for a moment; nothing is kept or sent. */

const LISTEN_MS = 3000
const PAUSE_MS = 50
/** Of full scale: a quiet room is below it, a voice above. */
const HEARD = 0.01

/** A stream of the camera, to be looked at and stopped; null if there is none, or it is not allowed. */
export async function camera(): Promise<MediaStream | null> {
  return given({ video: { width: { ideal: 640 } } })
}

/** Whether the microphone hears somebody speak within three seconds. */
export async function microphone(): Promise<boolean> {
  const stream = await given({ audio: true })
  if (!stream) return false
  const context = new AudioContext()
  try {
    return await heard(context, stream)
  } finally {
    stop(stream)
    await context.close()
  }
}

export function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop()
}

async function given(wanted: MediaStreamConstraints): Promise<MediaStream | null> {
  try {
    return await navigator.mediaDevices.getUserMedia(wanted)
  } catch {
    return null
  }
}

async function heard(context: AudioContext, stream: MediaStream): Promise<boolean> {
  const analyser = context.createAnalyser()
  context.createMediaStreamSource(stream).connect(analyser)
  const samples = new Float32Array(analyser.fftSize)
  for (const end = performance.now() + LISTEN_MS; performance.now() < end; ) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    analyser.getFloatTimeDomainData(samples)
    if (samples.some((sample) => Math.abs(sample) > HEARD)) return true
  }
  return false
}
