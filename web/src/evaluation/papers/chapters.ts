/** One of a document's bookmarks. */
export interface Chapter {
  readonly title: string
  readonly level: number
  /** From 1. */
  readonly page: number
}

/** The chapter in which a page lies. */
export function chapterAt(chapters: readonly Chapter[], page: number): Chapter | undefined {
  return chapters.filter((chapter) => chapter.page <= page).at(-1)
}

/** The same chapter of another bid: by its title, as it reads without blanks and numbers. */
export function sameChapter(chapters: readonly Chapter[], title: string): Chapter | undefined {
  const same = plain(title)
  return chapters.find((one) => one.title === title) ?? chapters.find((one) => same !== '' && plain(one.title) === same)
}

function plain(title: string): string {
  return title.replace(/^第?[\d一二三四五六七八九十百.、．（）()\s]+[章节]?/u, '').replace(/\s+/gu, '').toLowerCase()
}
