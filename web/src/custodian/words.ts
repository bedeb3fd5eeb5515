import { useI18n } from 'vue-i18n'
import type { Place } from './places'
import en from './words.en'
import zh from './words.zh'

/** The custodian's words come with its page. */
export function useCustodianWords() {
  return useI18n<[typeof zh], 'zh-CN' | 'en'>({ useScope: 'local', messages: { 'zh-CN': zh, en } })
}

const PARTS = ['readout_form', 'price', 'technical', 'draw'] as const

/** How a key is called: by its lot, and its part where that has a usual name. */
export function usePlaceName() {
  const { t } = useCustodianWords()
  return ({ title, part }: Pick<Place, 'title' | 'part'>): string => {
    const known = PARTS.find((name) => name === part)
    return t('place', { lot: title, part: known ? t(`part.${known}`) : part })
  }
}
