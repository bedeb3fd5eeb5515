import { onScopeDispose, ref, watch, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { labelOf, told } from '../opening/form'
import { inCapital, money } from '../opening/money'
import type { BidReadOut, FormField, ReadoutForm } from '../wire'
import { useScreenWords } from './words'

/** Whether this browser can speak at all. */
export function canSpeak(): boolean {
  return 'speechSynthesis' in window
}

/** Speaks each bid as it is read out, while it is switched on; switched on in the middle, the last one. */
export function useSpeech(
  lastRead: Readonly<Ref<BidReadOut | null>>,
  declared: () => readonly FormField[],
  isReadout: () => boolean,
) {
  const { t, locale } = useScreenWords()
  const { t: hall } = useI18n({ useScope: 'global' })
  const speech = ref(false)

  function sentenceOf({ name, form, outcome }: BidReadOut): string {
    if (!form) return t('aloudNot', { name, outcome: hall(`opening.outcomes.${outcome}`) })
    const capital = locale.value === 'en' ? null : inCapital(form)
    return t('aloud', { name, price: capital ?? money(form.price, form.currency), rest: restOf(form) })
  }

  /** What the tender wants read out beside the price, as far as the form tells it. */
  function restOf(form: ReadoutForm): string {
    const fields = declared().filter(({ field }) => form.fields[field] !== undefined)
    return fields.map((field) => t('aloudField', { label: labelOf(field, locale.value), value: aloud(form, field) })).join('')
  }

  function aloud(form: ReadoutForm, field: FormField): string {
    const value = form.fields[field.field]
    if (typeof value === 'boolean') return t(value ? 'yes' : 'no')
    const amount = { price: String(value), currency: form.currency }
    const capital = field.kind === 'amount' && locale.value !== 'en' ? inCapital(amount) : null
    return capital ?? told(form, field, hall)
  }

  function speak(): void {
    if (lastRead.value) speakAloud(sentenceOf(lastRead.value), locale.value)
  }

  function toggleSpeech(): void {
    speech.value = !speech.value
    if (!speech.value) fallSilent()
    else if (isReadout()) speak()
  }

  watch(
    () => lastRead.value?.bid,
    () => {
      if (speech.value) speak()
    },
  )
  onScopeDispose(fallSilent)
  return { speech, toggleSpeech }
}

function speakAloud(sentence: string, language: string): void {
  const words = new SpeechSynthesisUtterance(sentence)
  words.lang = language
  words.rate = 0.9
  window.speechSynthesis.speak(words)
}

function fallSilent(): void {
  if (canSpeak()) window.speechSynthesis.cancel()
}
