import * as v from 'valibot'
import { form as schema, type Form } from './values'

/** The sealed bytes are no readout form; the message is what the settlement says. */
export class InvalidForm extends Error {}

const SPACE = '[ \\t\\n\\r]*'
const TEXT = '"(?:[^"\\\\\\u0000-\\u001f]|\\\\(?:["\\\\/bfnrt]|u[0-9a-fA-F]{4}))*"'
const INTEGER = '-?(?:0|[1-9]\\d*)'
const PAIR = `${SPACE}${TEXT}${SPACE}:${SPACE}(?:${TEXT}|${INTEGER})${SPACE}`
const FLAT = new RegExp(`^${SPACE}\\{${PAIR}(?:,${PAIR})*\\}${SPACE}$`)
const NAME = new RegExp(`(${TEXT})${SPACE}:${SPACE}(?:${TEXT}|${INTEGER})`, 'g')

/**
 * The form that was sealed: JSON with exactly its fields, none twice, and a price above nothing. It is flat, so what is
 * nested or a fraction is none.
 */
export function readoutForm(raw: Uint8Array): Form {
  const form = parsed(raw)
  if (!form) throw new InvalidForm('the readout form cannot be read')
  if (!/[1-9]/.test(form.price)) throw new InvalidForm('the price is not positive')
  return form
}

function parsed(raw: Uint8Array): Form | null {
  try {
    const read = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(raw)
    const names = Array.from(read.matchAll(NAME), ([, name]) => JSON.parse(name!) as string)
    if (!FLAT.test(read) || new Set(names).size !== names.length) return null
    return v.parse(schema, JSON.parse(read, (_, value: unknown) => (Object.is(value, -0) ? 0 : value)))
  } catch {
    return null
  }
}
