import { useI18n } from 'vue-i18n'
import en from './office.en'
import zh from './office.zh'

/** The offices' words come with their pages. */
export function useOfficeWords() {
  return useI18n<[typeof zh], 'zh-CN' | 'en'>({ useScope: 'local', messages: { 'zh-CN': zh, en } })
}
