import { useI18n } from 'vue-i18n'
import en from './words.en'
import zh from './words.zh'

/** The wall's words come with it: only staff need them. */
export function useWallWords() {
  return useI18n<[typeof zh], 'zh-CN' | 'en'>({ useScope: 'local', messages: { 'zh-CN': zh, en } })
}
