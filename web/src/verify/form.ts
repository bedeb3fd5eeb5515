import * as v from 'valibot'
import { jcs } from '../seal/canonical'
import { amount, days, form as schema, plain, type Form, type FormField } from './values'

/** The sealed bytes are no readout form of this tender; the message is what the settlement says. */
export class InvalidForm extends Error {}

/** The form that was sealed: JSON with a positive price in cents and exactly the declared fields, or InvalidForm. */
export function readoutForm(raw: Uint8Array, declared: readonly FormField[]): Form {
  const form = parsed(raw)
  if (!form) throw new InvalidForm('the readout form cannot be read')
  if (!/[1-9]/.test(form.price)) throw new InvalidForm('the price is not positive')
  for (const field of declared) {
    const value = form.fields[field.field]
    if (value !== undefined) requireKind(value, field)
    else if (field.required) throw new InvalidForm(`the field ${field.field} is missing`)
  }
  const names = declared.map(({ field }) => field)
  if (Object.keys(form.fields).some((name) => !names.includes(name))) {
    throw new InvalidForm('there is a field that the tender does not declare')
  }
  return form
}

const line = plain(200)
const KINDS = { amount, days, text: line, choice: line, boolean: v.boolean() }

function requireKind(value: string | number | boolean, { field, kind, choices }: FormField): void {
  if (!v.safeParse(KINDS[kind], value).success) throw new InvalidForm(`the field ${field} is not as declared`)
  if (kind === 'choice' && !choices.includes(String(value))) {
    throw new InvalidForm(`the field ${field} is not one of the choices`)
  }
}

const SPACE = '[ \\t\\n\\r]*'
const TEXT = '"(?:[^"\\\\\\u0000-\\u001f]|\\\\(?:["\\\\/bfnrt]|u[0-9a-fA-F]{4}))*"'
const VALUE = `(?:${TEXT}|-?(?:0|[1-9]\\d*)|true|false)`
const PAIR = `${SPACE}${TEXT}${SPACE}:${SPACE}${VALUE}${SPACE}`
const FLAT = new RegExp(`^${SPACE}\\{(?:${PAIR}(?:,${PAIR})*|${SPACE})\\}${SPACE}$`)
const INNER = new RegExp(`${TEXT}${SPACE}:${SPACE}(\\{(?:${PAIR}(?:,${PAIR})*|${SPACE})\\})`)
const NAME = new RegExp(`(${TEXT})${SPACE}:${SPACE}${VALUE}`, 'g')

/** Every object has each of its names once: two readers of one form must not read two prices. Whole numbers only. */
function parsed(raw: Uint8Array): Form | null {
  try {
    const read = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(raw)
    if (!halves(read).every(isFlatAndDistinct)) return null
    const form = v.parse(schema, JSON.parse(read, (_, value: unknown) => (Object.is(value, -0) ? 0 : value)))
    jcs(form)
    return form
  } catch {
    return null
  }
}

/** The first object inside the outer one, and the outer one with a number in its place. */
function halves(read: string): string[] {
  const found = INNER.exec(read)
  if (!found) return [read]
  const [whole, inner] = [found[0], found[1]!]
  const at = found.index + whole.length - inner.length
  return [inner, `${read.slice(0, at)}0${read.slice(at + inner.length)}`]
}

function isFlatAndDistinct(object: string): boolean {
  const names = Array.from(object.matchAll(NAME), ([, name]) => JSON.parse(name!) as string)
  return FLAT.test(object) && new Set(names).size === names.length
}
