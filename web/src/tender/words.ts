import { useI18n } from 'vue-i18n'
import en from './words.en'
import zh from './words.zh'

/** An agency's words come with its pages: only agencies need them. */
export function useTenderWords() {
  return useI18n<[typeof zh], 'zh-CN' | 'en'>({ useScope: 'local', messages: { 'zh-CN': zh, en } })
}
