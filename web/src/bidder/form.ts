/** The readout form as data: which fields there are, and what a value must be like. */

import type { FormField, ReadoutForm } from '../wire'

/** What is asked for: the price, or a field that the tender declares. */
export interface Field {
  /** By which the answer is kept; a declared field may itself be called `price`. */
  readonly key: string
  readonly kind: FormField['kind'] | 'price'
  /** Null: the price, which every form has. */
  readonly declared: FormField | null
}

export type Answers = Readonly<Record<string, string>>

/** Signs that end, turn or hide the text around them. */
const ODD = /[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\uffff]/u
const LINE = /^(?=.*\S).{1,200}$/u
const AMOUNT = /^(0|[1-9][0-9]{0,14})(\.[0-9]{1,2})?$/
const NOTHING = /^0(\.0{1,2})?$/
const MOST_DAYS = 36_500

const PRICE: Field = { key: 'price', kind: 'price', declared: null }

/** What a tender asks for, in the order of its form. */
export function fieldsOf(declared: readonly FormField[]): Field[] {
  return [PRICE, ...declared.map((field) => ({ key: `fields.${field.field}`, kind: field.kind, declared: field }))]
}

/** The keys of the fields whose answers could not be read out; nothing is an answer where none is required. */
export function faults(fields: readonly Field[], answers: Answers): string[] {
  return fields.filter((field) => !isRight(field, answers[field.key] ?? '')).map(({ key }) => key)
}

const RIGHT: Readonly<Record<Field['kind'], (answer: string, choices: readonly string[]) => boolean>> = {
  price: (answer) => AMOUNT.test(answer) && !NOTHING.test(answer),
  amount: (answer) => AMOUNT.test(answer),
  days: (answer) => /^(0|[1-9][0-9]{0,4})$/.test(answer) && Number(answer) <= MOST_DAYS,
  text: (answer) => LINE.test(answer) && !ODD.test(answer),
  choice: (answer, choices) => choices.includes(answer),
  boolean: (answer) => answer === 'true' || answer === 'false',
}

function isRight({ kind, declared }: Field, answer: string): boolean {
  return (answer === '' && declared?.required === false) || RIGHT[kind](answer, declared?.choices ?? [])
}

/** The form as it is sealed. */
export function formOf(fields: readonly Field[], answers: Answers, currency: string): ReadoutForm {
  const told = fields.flatMap(({ key, kind, declared }) => {
    const answer = answers[key] ?? ''
    return declared && answer !== '' ? [[declared.field, valueOf(kind, answer)] as const] : []
  })
  return { price: answers.price ?? '', currency, fields: Object.fromEntries(told) }
}

function valueOf(kind: Field['kind'], answer: string): string | number | boolean {
  if (kind === 'days') return Number(answer)
  return kind === 'boolean' ? answer === 'true' : answer
}

/** Whether a form that was read out is the one that was sealed. */
export function sameForm(read: ReadoutForm | null, sealed: ReadoutForm): boolean {
  if (!read) return false
  const names = [...new Set([...Object.keys(read.fields), ...Object.keys(sealed.fields)])]
  const alike = names.every((name) => read.fields[name] === sealed.fields[name])
  return alike && read.price === sealed.price && read.currency === sealed.currency
}
