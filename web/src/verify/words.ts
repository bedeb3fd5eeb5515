import { useI18n } from 'vue-i18n'
import en from './words.en'
import zh from './words.zh'

/** The verifier's words come with its page, not with the first one. */
export function useWords() {
  return useI18n<[typeof zh], 'zh-CN' | 'en'>({ useScope: 'local', messages: { 'zh-CN': zh, en } })
}
