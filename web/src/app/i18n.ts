import { createI18n } from 'vue-i18n'
import centreEn from '../centre/words.en'
import centreZh from '../centre/words.zh'
import openingEn from '../opening/words.en'
import openingZh from '../opening/words.zh'
import timelineEn from '../timeline/words.en'
import timelineZh from '../timeline/words.zh'

const app = { skip: '跳到正文', language: '语言', notFound: '没有这个页面', home: '返回首页' }
const zh = { app, centre: centreZh, timeline: timelineZh, opening: openingZh }

/** Chinese comes first: every other language says the same things. */
export type Words = typeof zh

const en: Words = {
  app: { skip: 'Skip to content', language: 'Language', notFound: 'There is no such page', home: 'Home' },
  centre: centreEn,
  timeline: timelineEn,
  opening: openingEn,
}

export type Language = 'zh-CN' | 'en'

const KEPT = 'language'

export const i18n = createI18n<[Words], Language, false>({
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- until version 12, leaving it out means true
  legacy: false,
  locale: kept(),
  fallbackLocale: 'zh-CN',
  messages: { 'zh-CN': zh, en },
})

/** Speak this language, now and at the next visit. */
export function speak(language: Language): void {
  i18n.global.locale.value = language
  document.documentElement.lang = language
  try {
    localStorage.setItem(KEPT, language)
  } catch {
    // A browser that keeps nothing only forgets the choice.
  }
}

function kept(): Language {
  try {
    return localStorage.getItem(KEPT) === 'en' ? 'en' : 'zh-CN'
  } catch {
    return 'zh-CN'
  }
}
