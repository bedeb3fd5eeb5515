import { PDFDataRangeTransport } from 'pdfjs-dist/legacy/build/pdf.mjs'

const WAITS_MS = [500, 2000, 5000]
/** Pauses before a piece is asked for again: a line that drops for a moment costs nobody the page. */

/** Brings a document from the server piece by piece, and only the pieces that a page needs. */
export class Ranges extends PDFDataRangeTransport {
  readonly #address: string
  readonly #failed: (why: string) => void
  readonly #left = new AbortController()
  #tag = ''

  /** `failed` is told once, in words, if a piece does not come at all. */
  constructor(address: string, size: number, failed: (why: string) => void) {
    super(size, null)
    this.#address = address
    this.#failed = failed
  }

  override requestDataRange(begin: number, end: number): void {
    this.#piece(begin, end).then(
      (piece) => { this.onDataRange(begin, piece) },
      (error: unknown) => {
        if (this.#left.signal.aborted) return
        this.abort()
        this.#failed(error instanceof Error ? error.message : String(error))
      },
    )
  }

  override abort(): void {
    this.#left.abort()
  }

  async #piece(begin: number, end: number, tries = 0): Promise<Uint8Array> {
    try {
      return await this.#fetched(begin, end)
    } catch (error) {
      const wait = WAITS_MS[tries]
      if (error instanceof Refusal || wait === undefined || this.#left.signal.aborted) throw error
      await new Promise((resolve) => setTimeout(resolve, wait))
      return this.#piece(begin, end, tries + 1)
    }
  }

  async #fetched(begin: number, end: number): Promise<Uint8Array> {
    const asked = { Range: `bytes=${begin}-${end - 1}`, ...(this.#tag ? { 'If-Range': this.#tag } : {}) }
    const answer = await fetch(this.#address, { headers: asked, signal: this.#left.signal, cache: 'no-store' })
    if (answer.status !== 206) throw new Refusal(await refusedBecause(answer))
    this.#tag = answer.headers.get('ETag') ?? ''
    return new Uint8Array(await answer.arrayBuffer())
  }
}

/** What asking again does not change. */
class Refusal extends Error {}

async function refusedBecause(answer: Response): Promise<string> {
  if (answer.ok) return 'changed'
  const told = (await answer.json().catch(() => ({}))) as { code?: string }
  return told.code ?? String(answer.status)
}
