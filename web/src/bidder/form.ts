/** The readout form as data: which fields there are, and what a value must be like. */

import type { ReadoutForm } from '../wire'

/** One field; `pattern` is what the opened form is checked against, so what passes here is read out. */
export interface Field {
  readonly name: keyof ReadoutForm
  readonly kind: 'money' | 'integer' | 'text'
  readonly pattern: RegExp
}

/** Signs that end, turn or hide the text around them. */
const ODD = /[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\uffff]/u
const LINE = /^(?=.*\S).{1,200}$/u

export const FIELDS: readonly Field[] = [
  { name: 'price', kind: 'money', pattern: /^(?!0(\.0{1,2})?$)(0|[1-9][0-9]{0,14})(\.[0-9]{1,2})?$/ },
  { name: 'duration_days', kind: 'integer', pattern: /^(0|[1-9][0-9]{0,3}|[12][0-9]{4}|3[0-5][0-9]{3}|36[0-4][0-9]{2}|36500)$/ },
  { name: 'quality', kind: 'text', pattern: LINE },
  { name: 'project_manager', kind: 'text', pattern: LINE },
]

export type Answers = Readonly<Record<string, string>>

/** The names of the fields whose answers cannot be read out. */
export function faults(answers: Answers): string[] {
  return FIELDS.filter(({ name, pattern }) => {
    const answer = answers[name] ?? ''
    return !pattern.test(answer) || ODD.test(answer)
  }).map(({ name }) => name)
}

/** The form as it is sealed. */
export function formOf(answers: Answers, currency: string): ReadoutForm {
  const values = FIELDS.map(({ name, kind }) => [name, kind === 'integer' ? Number(answers[name]) : answers[name]])
  return { ...(Object.fromEntries(values) as ReadoutForm), currency }
}

/** Whether a form that was read out is the one that was sealed. */
export function sameForm(read: ReadoutForm | null, sealed: ReadoutForm): boolean {
  return read !== null && [...FIELDS.map(({ name }) => name), 'currency' as const].every((name) => read[name] === sealed[name])
}
