import { getDocument, GlobalWorkerOptions, version, type PDFDocumentProxy, type PDFPageProxy } from 'pdfjs-dist/legacy/build/pdf.mjs'
import workerAddress from 'pdfjs-dist/legacy/build/pdf.worker.min.mjs?url'
import { Ranges } from './ranges'

GlobalWorkerOptions.workerSrc = workerAddress

const PIECE = 1 << 17
/** Where the build has put what PDF files may leave out: character maps of Chinese fonts, the standard fonts. */
const BESIDE = `/assets/pdf-${version}`

export interface Chapter {
  readonly title: string
  readonly level: number
  readonly page: number
}

/** Opens a document without fetching more of it than its first page and its tables need. */
export function openedAt(address: string, size: number, failed: (why: string) => void) {
  return getDocument({
    range: new Ranges(address, size, failed),
    rangeChunkSize: PIECE,
    disableAutoFetch: true,
    disableStream: true,
    isEvalSupported: false,
    cMapUrl: `${BESIDE}/cmaps/`,
    cMapPacked: true,
    standardFontDataUrl: `${BESIDE}/standard_fonts/`,
  })
}

type Outline = Awaited<ReturnType<PDFDocumentProxy['getOutline']>>

/** A document without bookmarks has no list of them, whatever its type says. */
function outlineOf(document: PDFDocumentProxy): Promise<Outline | null> {
  return document.getOutline()
}

/** The bookmarks, one below the other, each with its page (from 1). */
export async function chaptersOf(document: PDFDocumentProxy): Promise<Chapter[]> {
  const listed: { title: string; level: number; dest: Outline[number]['dest'] }[] = []
  const list = (items: Outline, level: number): void => {
    for (const { title, dest, items: inner } of items) {
      listed.push({ title, level, dest })
      list(inner as Outline, level + 1)
    }
  }
  list((await outlineOf(document)) ?? [], 0)
  const found = await Promise.all(listed.map(async ({ title, level, dest }) => ({ title, level, page: await pageOf(document, dest) })))
  return found.filter(({ page }) => page > 0)
}

async function pageOf(document: PDFDocumentProxy, dest: Outline[number]['dest']): Promise<number> {
  try {
    const place = typeof dest === 'string' ? await document.getDestination(dest) : dest
    const first: unknown = place?.[0]
    if (typeof first === 'number') return first + 1
    return first ? (await document.getPageIndex(first as never)) + 1 : 0
  } catch {
    return 0
  }
}

/** The chapter in which a page lies. */
export function chapterAt(chapters: readonly Chapter[], page: number): Chapter | undefined {
  return chapters.filter((chapter) => chapter.page <= page).at(-1)
}

/** The same chapter of another bid: by its title, as blanks and numbering aside it reads. */
export function sameChapter(chapters: readonly Chapter[], title: string): Chapter | undefined {
  const plain = (text: string) => text.replace(/[\s.、．第章节\d一二三四五六七八九十]+/gu, '').toLowerCase()
  return chapters.find((one) => one.title === title) ?? chapters.find((one) => plain(one.title) === plain(title))
}

/** The text of a page, as one line. */
export async function textOf(page: PDFPageProxy): Promise<string> {
  const { items } = await page.getTextContent()
  return items.map((item) => ('str' in item ? item.str : '')).join('')
}

/** The next page from `from` on, once around, whose text has these words; 0 if there is none. `looking` may stop it. */
export async function pageWith(document: PDFDocumentProxy, words: string, from: number, looking: (page: number) => boolean): Promise<number> {
  const wanted = words.toLowerCase().replace(/\s+/gu, '')
  for (let step = 0; step < document.numPages; step += 1) {
    const number = ((from - 1 + step) % document.numPages) + 1
    if (!looking(number)) return 0
    const page = await document.getPage(number)
    if ((await textOf(page)).toLowerCase().replace(/\s+/gu, '').includes(wanted)) return number
    page.cleanup()
  }
  return 0
}
