import { useI18n } from 'vue-i18n'
import en from './words.en'
import zh from './words.zh'

/** The sealer's own words. */
export function useSealerWords() {
  return useI18n<[typeof zh], 'zh-CN' | 'en'>({ useScope: 'local', messages: { 'zh-CN': zh, en } })
}
