import { createI18n } from 'vue-i18n'
import bidderEn from '../bidder/words.en'
import bidderZh from '../bidder/words.zh'
import centreEn from '../centre/words.en'
import centreZh from '../centre/words.zh'
import keysEn from '../keys/words.en'
import keysZh from '../keys/words.zh'
import openingEn from '../opening/words.en'
import openingZh from '../opening/words.zh'
import timelineEn from '../timeline/words.en'
import timelineZh from '../timeline/words.zh'

const app = {
  skip: '跳到正文',
  language: '语言',
  notFound: '没有这个页面',
  home: '返回首页',
  signs: '以下内容将用您的证书签名，签名后不能收回。',
  agree: '确认：{label}',
  back: '返回',
  quote: '需要帮助时请提供代码：{code}',
}
const zh = {
  app,
  bidder: bidderZh,
  centre: centreZh,
  keys: keysZh,
  timeline: timelineZh,
  opening: openingZh,
}

/** Chinese comes first: every other language says the same things. */
type Words = typeof zh

const en: Words = {
  app: {
    skip: 'Skip to content',
    language: 'Language',
    notFound: 'There is no such page',
    home: 'Home',
    signs: 'This will be signed with your certificate, and cannot be taken back.',
    agree: 'Yes: {label}',
    back: 'Back',
    quote: 'Code to quote when you ask for help: {code}',
  },
  bidder: bidderEn,
  centre: centreEn,
  keys: keysEn,
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
