/** One WebRTC connection to the server's media: our sound and picture up, so many pairs of others' down. */

const GATHER_MS = 1500

/** A track that came down, and on which line. */
export interface Came {
  readonly mid: string
  readonly track: MediaStreamTrack
}

/** What the server says to an offer, given the offer. */
type Ask = (offer: string) => Promise<string>

export class Wiring {
  private readonly pc: RTCPeerConnection
  private readonly up: Partial<Record<'audio' | 'video', RTCRtpSender>> = {}

  constructor(relays: readonly RTCIceServer[], came: (came: Came) => void, state: (state: RTCPeerConnectionState) => void) {
    this.pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle', iceServers: [...relays] })
    this.pc.ontrack = ({ track, transceiver }) => {
      came({ mid: transceiver.mid ?? '', track })
    }
    this.pc.onconnectionstatechange = () => {
      state(this.pc.connectionState)
    }
  }

  /** Lines that are there stay there: what they carry changes without another offer. */
  async open(own: MediaStream | null, pairs: number, ask: Ask): Promise<void> {
    for (const track of own?.getTracks() ?? []) {
      const kind = track.kind as 'audio' | 'video'
      this.up[kind] ??= this.pc.addTransceiver(track, { direction: 'sendonly' }).sender
    }
    for (let pair = 0; pair < pairs; pair += 1) {
      this.pc.addTransceiver('audio', { direction: 'recvonly' })
      this.pc.addTransceiver('video', { direction: 'recvonly' })
    }
    await this.pc.setLocalDescription()
    await this.settle(ask)
  }

  /** The network has changed: find another way over it. */
  async restart(ask: Ask): Promise<void> {
    await this.pc.setLocalDescription(await this.pc.createOffer({ iceRestart: true }))
    await this.settle(ask)
  }

  /** Another device, or the screen, in place of what we sent. */
  async send(track: MediaStreamTrack): Promise<void> {
    await this.up[track.kind as 'audio' | 'video']?.replaceTrack(track)
  }

  /** Milliseconds there and back; undefined before it was measured. */
  async tripMs(): Promise<number | undefined> {
    let found: number | undefined
    ;(await this.pc.getStats()).forEach((report: RTCIceCandidatePairStats) => {
      if (report.type !== 'candidate-pair' || !report.nominated) return
      found = report.currentRoundTripTime === undefined ? found : report.currentRoundTripTime * 1000
    })
    return found
  }

  close(): void {
    this.pc.onconnectionstatechange = null
    this.pc.close()
  }

  private async settle(ask: Ask): Promise<void> {
    await gathered(this.pc)
    await this.pc.setRemoteDescription({ type: 'answer', sdp: await ask(this.pc.localDescription?.sdp ?? '') })
  }
}

async function gathered(pc: RTCPeerConnection): Promise<void> {
  if (pc.iceGatheringState === 'complete') return
  await new Promise<void>((resolve) => {
    const done = (): void => {
      if (pc.iceGatheringState === 'complete') resolve()
    }
    pc.addEventListener('icegatheringstatechange', done)
    setTimeout(resolve, GATHER_MS)
  })
}

/** Whether media can find a way out of this network at all. */
export async function reach(relays: readonly RTCIceServer[]): Promise<'direct' | 'relayed' | 'none'> {
  const pc = new RTCPeerConnection({ iceServers: [...relays] })
  try {
    pc.createDataChannel('reach')
    await pc.setLocalDescription()
    await gathered(pc)
    const found = pc.localDescription?.sdp ?? ''
    if (/^a=candidate.* udp /im.test(found)) return 'direct'
    return found.includes('typ relay') ? 'relayed' : 'none'
  } finally {
    pc.close()
  }
}
