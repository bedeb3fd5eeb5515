import { afterEach, beforeEach, expect, it, vi } from 'vitest'

const told = vi.hoisted(() => ({ pieces: [] as { begin: number; bytes: number[] }[] }))
vi.mock('pdfjs-dist/legacy/build/pdf.mjs', () => ({
  PDFDataRangeTransport: class {
    constructor(
      readonly length: number,
      readonly initial: Uint8Array | null,
    ) {}
    onDataRange(begin: number, chunk: Uint8Array): void {
      told.pieces.push({ begin, bytes: [...chunk] })
    }
  },
}))

const { Ranges } = await import('./ranges')
const ADDRESS = '/api/evaluations/PB-1/papers/T-1/technical'
const fetched = vi.fn<typeof fetch>()
const failed = vi.fn<(why: string) => void>()

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('fetch', fetched)
  told.pieces.length = 0
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  fetched.mockReset()
  failed.mockReset()
})

function piece(bytes: number[]): Response {
  return new Response(Uint8Array.from(bytes), { status: 206, headers: { ETag: '"v1"', 'Content-Range': 'bytes 0-1/10' } })
}

/** A document of ten bytes whose first piece has come. */
async function opened(): Promise<Awaited<ReturnType<typeof Ranges.at>>> {
  fetched.mockResolvedValueOnce(piece([0]))
  const ranges = await Ranges.at(ADDRESS, failed)
  fetched.mockClear()
  return ranges
}

function headersOf(call: number): Headers {
  return new Headers(fetched.mock.calls[call]![1]!.headers)
}

it('learns from the first piece how long the document is', async () => {
  expect((await opened()).length).toBe(10)
})

it('asks for exactly the piece that is wanted, of the version that it has', async () => {
  const ranges = await opened()
  fetched.mockResolvedValueOnce(piece([1, 2]))
  ranges.requestDataRange(4, 6)
  await vi.runAllTimersAsync()
  expect([headersOf(0).get('Range'), headersOf(0).get('If-Range')]).toEqual(['bytes=4-5', '"v1"'])
  expect(told.pieces).toEqual([{ begin: 4, bytes: [1, 2] }])
})

it('asks again when the line drops', async () => {
  const ranges = await opened()
  fetched.mockRejectedValueOnce(new TypeError('network')).mockResolvedValueOnce(piece([9]))
  ranges.requestDataRange(0, 1)
  await vi.runAllTimersAsync()
  expect(told.pieces).toEqual([{ begin: 0, bytes: [9] }])
  expect(failed).not.toHaveBeenCalled()
})

it.each([
  [new Response('{"code":"no_such_paper"}', { status: 404 }), 'no_such_paper'],
  [new Response('nothing', { status: 502 }), '502'],
  [new Response('the whole', { status: 200 }), 'changed'],
])('says why where asking again does not help', async (answer, why) => {
  const ranges = await opened()
  fetched.mockResolvedValueOnce(answer)
  ranges.requestDataRange(0, 1)
  await vi.runAllTimersAsync()
  expect(failed.mock.calls).toEqual([[why]])
  expect(fetched).toHaveBeenCalledTimes(1)
})

it('says nothing once the document is left', async () => {
  const ranges = await opened()
  fetched.mockRejectedValue(new TypeError('network'))
  ranges.requestDataRange(0, 1)
  ranges.abort()
  await vi.runAllTimersAsync()
  expect(failed).not.toHaveBeenCalled()
})
