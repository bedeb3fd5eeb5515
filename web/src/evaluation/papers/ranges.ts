import { PDFDataRangeTransport } from 'pdfjs-dist/legacy/build/pdf.mjs'

/** Bytes that are asked for at a time. */
export const PIECE = 1 << 17
/** Pauses before a piece is asked for again: a line that drops for a moment costs nobody the page. */
const WAITS_MS = [500, 2000, 5000]

interface Piece {
  readonly bytes: Uint8Array
  /** Of the whole document. */
  readonly size: number
  readonly tag: string
}

/** Brings a document from the server piece by piece, and only the pieces that a page needs. */
export class Ranges extends PDFDataRangeTransport {
  readonly #address: string
  readonly #tag: string
  readonly #failed: (why: string) => void
  readonly #left = new AbortController()

  /** The document at an address, with its first piece. `failed` is told, in words, if a later one does not come at all. */
  static async at(address: string, failed: (why: string) => void): Promise<Ranges> {
    return new Ranges(address, await piece(address, 0, PIECE), failed)
  }

  private constructor(address: string, first: Piece, failed: (why: string) => void) {
    super(first.size, first.bytes)
    this.#address = address
    this.#tag = first.tag
    this.#failed = failed
  }

  override requestDataRange(begin: number, end: number): void {
    piece(this.#address, begin, end, this.#tag, this.#left.signal).then(
      ({ bytes }) => { this.onDataRange(begin, bytes) },
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
}

/** What asking again does not change. */
class Refusal extends Error {}

async function piece(address: string, begin: number, end: number, tag = '', left?: AbortSignal): Promise<Piece> {
  for (const wait of [...WAITS_MS, null]) {
    try {
      return await fetched(address, begin, end, tag, left)
    } catch (error) {
      if (error instanceof Refusal || wait === null || left?.aborted) throw error
      await new Promise((resolve) => setTimeout(resolve, wait))
    }
  }
  throw new Error('unreachable')
}

async function fetched(address: string, begin: number, end: number, tag: string, left?: AbortSignal): Promise<Piece> {
  const headers = { Range: `bytes=${begin}-${end - 1}`, ...(tag ? { 'If-Range': tag } : {}) }
  const answer = await fetch(address, { headers, cache: 'no-store', ...(left ? { signal: left } : {}) })
  if (answer.status !== 206) throw new Refusal(await refusedBecause(answer))
  const size = Number(answer.headers.get('Content-Range')?.split('/')[1])
  return { bytes: new Uint8Array(await answer.arrayBuffer()), size, tag: answer.headers.get('ETag') ?? '' }
}

async function refusedBecause(answer: Response): Promise<string> {
  if (answer.ok) return 'changed'
  const told = (await answer.json().catch(() => ({}))) as { code?: string }
  return told.code ?? String(answer.status)
}
