/** Two soft notes that a phase has changed. Browsers allow them after a click only. */
export class Chime {
  private context: AudioContext | null = null

  /** Called from a click: from then on the page may sound. */
  allow(): void {
    this.context ??= new AudioContext()
    void this.context.resume()
  }

  play(): void {
    const { context } = this
    if (context?.state !== 'running') return
    NOTES.forEach((frequency, i) => {
      note(context, frequency, context.currentTime + i * 0.22)
    })
  }

  close(): void {
    void this.context?.close()
    this.context = null
  }
}

const NOTES = [659.3, 880]

function note(context: AudioContext, frequency: number, at: number): void {
  const [tone, volume] = [context.createOscillator(), context.createGain()]
  tone.frequency.value = frequency
  volume.gain.setValueAtTime(0, at)
  volume.gain.linearRampToValueAtTime(0.2, at + 0.02)
  volume.gain.exponentialRampToValueAtTime(0.001, at + 0.6)
  tone.connect(volume).connect(context.destination)
  tone.start(at)
  tone.stop(at + 0.65)
}
