import { useI18n } from 'vue-i18n'
import en from './words.en'
import zh from './words.zh'

/** A call's words come with its pages: only who takes part needs them. */
export function useVideoWords() {
  return useI18n<[typeof zh], 'zh-CN' | 'en'>({ useScope: 'local', messages: { 'zh-CN': zh, en } })
}
