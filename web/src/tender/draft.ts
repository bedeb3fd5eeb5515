/** A session that an agency prepares: kept in its browser until it is signed and scheduled. */

import { keptDrafts } from '../keys/store'
import type { FormField, Lot, Member, Tender } from '../wire'

type Editable<T> = { -readonly [K in keyof T]: T[K] }

/** A place in a draft about which something is to be said, in both languages. */
export interface Flaw {
  readonly path: string
  readonly zh: string
  readonly en: string
}

interface Coefficient {
  name: string
  /** As they are typed: parted by commas or blanks. */
  values: string
}

interface DraftPart {
  part: string
  opened_here: boolean
}

export interface DraftLot {
  lot: string
  title: string
  ceiling_price: string
  currency: string
  minimum: number
  /** Empty if the lot asks for none. */
  bid_deposit: string
  consortia: boolean
  parts: DraftPart[]
  draw: Coefficient[]
}

export interface DraftField extends Editable<Omit<Required<FormField>, 'choices'>> {
  /** As they are typed: one a line. */
  choices: string
}

export type DraftMember = Editable<Required<Member>>

export interface Draft {
  id: string
  /** Whose it is. */
  person: string
  changed: string
  session: string
  code: string
  title: string
  trading_center: string
  tenderer: string
  lots: DraftLot[]
  form: DraftField[]
  members: DraftMember[]
  /** What the imported document left open. */
  open: readonly Flaw[]
}

export const drafts = keptDrafts<Draft>('tenders')

const READOUT_FORM = 'readout_form'

export function newLot(number: number): DraftLot {
  return {
    lot: String(number),
    title: '',
    ceiling_price: '',
    currency: 'CNY',
    minimum: 3,
    bid_deposit: '',
    consortia: false,
    parts: [{ part: READOUT_FORM, opened_here: true }],
    draw: [],
  }
}

export function newField(number: number): DraftField {
  return { field: `field_${number}`, kind: 'text', zh: '', en: '', required: true, choices: '' }
}

const USUAL_FORM: readonly Omit<DraftField, 'required' | 'choices'>[] = [
  { field: 'duration_days', kind: 'days', zh: '工期（日历天）', en: 'Duration in days' },
  { field: 'quality', kind: 'text', zh: '质量目标', en: 'Quality' },
  { field: 'project_manager', kind: 'text', zh: '项目经理', en: 'Project manager' },
]

function member(role: Member['role'], person = '', name = '', side = ''): DraftMember {
  return { person, name, role, side, deputy_of: '' }
}

/** An empty draft of this host's, with the people whom every session needs. */
export function newDraft(person: string, name: string): Draft {
  return {
    id: crypto.randomUUID(),
    person,
    changed: new Date().toISOString(),
    session: '',
    code: '',
    title: '',
    trading_center: '',
    tenderer: '',
    lots: [newLot(1)],
    form: USUAL_FORM.map((field) => ({ ...field, required: true, choices: '' })),
    members: [
      member('host', person, name),
      member('supervisor'),
      member('witness'),
      member('tenderer'),
      member('custodian', '', '', 'tenderer'),
      member('custodian', '', '', 'supervisor'),
      member('custodian', '', '', 'centre'),
    ],
    open: [],
  }
}

/** The draft as an imported tender fills it. */
export function filled(draft: Draft, { code, title, trading_center, tenderer, lots, form }: Tender, open: readonly Flaw[]): Draft {
  const fields = form?.map((field) => ({ required: true, ...field, choices: (field.choices ?? []).join('\n') }))
  return { ...draft, code, title, trading_center, tenderer, lots: lots.map(lotIn), form: fields ?? draft.form, open }
}

function lotIn({ draw, parts, bid_deposit, ...told }: Lot): DraftLot {
  const coefficients = draw?.coefficients.map(({ name, values }) => ({ name, values: values.join(' ') }))
  const own = parts?.map(({ part, opened_here = false }) => ({ part, opened_here }))
  return {
    ...newLot(1),
    ...told,
    bid_deposit: bid_deposit ?? '',
    draw: coefficients ?? [],
    parts: own ?? newLot(1).parts,
  }
}

/** What is signed: the draft without what only the page needs. */
export function tenderOf({ code, title, trading_center, tenderer, lots, form }: Draft): Tender {
  return { code, title, trading_center, tenderer, lots: lots.map(lotOf), form: form.map(fieldOf) }
}

function lotOf({ draw, bid_deposit, ...lot }: DraftLot): Lot {
  const coefficients = draw.map(({ name, values }) => ({ name, values: listed(values, /[\s,，、]+/) }))
  return { ...lot, bid_deposit: bid_deposit || null, draw: coefficients.length ? { coefficients } : null }
}

function fieldOf({ choices, ...field }: DraftField): FormField {
  return { ...field, choices: field.kind === 'choice' ? listed(choices, /\n/) : [] }
}

function listed(typed: string, between: RegExp): string[] {
  return typed
    .split(between)
    .map((one) => one.trim())
    .filter(Boolean)
}

export type MemberFault = 'person' | 'name' | 'side' | 'twice'

/** What is missing or wrong with a person of the list. */
export function memberFaults(members: readonly DraftMember[], place: number): MemberFault[] {
  const { person, name, role, side } = members[place]!
  const found: [MemberFault, boolean][] = [
    ['person', !/^[0-9A-Za-z][0-9A-Za-z-]{2,39}$/.test(person)],
    ['name', !name.trim()],
    ['side', role === 'custodian' && !side.trim()],
    ['twice', !!person && members.some((other, at) => at < place && other.person === person)],
  ]
  return found.flatMap(([fault, there]) => (there ? [fault] : []))
}
