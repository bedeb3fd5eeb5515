import { expect, it } from 'vitest'
import { chapterAt, sameChapter } from './chapters'

const CHAPTERS = [
  { title: '1 工程概况', level: 0, page: 1 },
  { title: '1.1 地质', level: 1, page: 4 },
  { title: '2 施工方案', level: 0, page: 9 },
]

it('knows in which chapter a page lies', () => {
  expect(chapterAt(CHAPTERS, 3)?.title).toBe('1 工程概况')
  expect(chapterAt(CHAPTERS, 4)?.title).toBe('1.1 地质')
  expect(chapterAt(CHAPTERS, 99)?.title).toBe('2 施工方案')
  expect(chapterAt([], 1)).toBeUndefined()
})

it.each([
  ['2 施工方案', 9],
  ['第二章 施工方案', 9],
  ['三、施工 方案', 9],
  ['（1）地质', 4],
])('finds %s in another bid, however it is numbered', (title, page) => {
  expect(sameChapter(CHAPTERS, title)?.page).toBe(page)
})

it('finds no chapter where there is none of that name', () => {
  expect(sameChapter(CHAPTERS, '质量保证')).toBeUndefined()
  expect(sameChapter(CHAPTERS, '3')).toBeUndefined()
})
