import { useI18n } from 'vue-i18n'
import { partName } from '../opening/parts'
import type { Place } from './places'
import en from './words.en'
import zh from './words.zh'

/** The custodian's words come with its page. */
export function useCustodianWords() {
  return useI18n<[typeof zh], 'zh-CN' | 'en'>({ useScope: 'local', messages: { 'zh-CN': zh, en } })
}

/** How a key is called: by its lot and part. */
export function usePlaceName() {
  const { t } = useCustodianWords()
  const { t: page } = useI18n({ useScope: 'global' })
  return ({ title, part }: Pick<Place, 'title' | 'part'>): string => t('place', { lot: title, part: partName(part, page) })
}
