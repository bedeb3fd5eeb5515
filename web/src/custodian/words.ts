import { useI18n } from 'vue-i18n'
import en from './words.en'
import zh from './words.zh'

/** The custodian's words come with its page. */
export function useCustodianWords() {
  return useI18n<[typeof zh], 'zh-CN' | 'en'>({ useScope: 'local', messages: { 'zh-CN': zh, en } })
}
