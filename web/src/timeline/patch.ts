/** A JSON object, as a view travels. */
export type Json = Readonly<Record<string, unknown>>

/** `view` after an RFC 7396 merge patch: null means gone. Neither argument is changed. */
export function merged(view: Json, patch: Json): Json {
  const kept = Object.entries(view).filter(([name]) => patch[name] !== null)
  const given = Object.entries(patch).filter(([, value]) => value !== null)
  return Object.fromEntries([...kept, ...given.map(([name, value]) => [name, placed(view[name], value)] as const)])
}

function placed(before: unknown, value: unknown): unknown {
  return isObject(value) ? merged(isObject(before) ? before : {}, value) : value
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
