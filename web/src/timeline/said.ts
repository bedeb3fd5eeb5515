import type { Statement } from '../wire'

/** What a statement says, for words on the page; null if it cannot be read. Signatures are not checked here. */
export function said(statement: Statement): Readonly<Record<string, unknown>> | null {
  try {
    const base64 = statement.payload.replace(/-/g, '+').replace(/_/g, '/')
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
    return JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>
  } catch {
    return null
  }
}
