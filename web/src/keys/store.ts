/** What this browser keeps of its person: keys that WebCrypto never gives out, with their certificates. */

import { createStore, del, get, set, values, type UseStore } from 'idb-keyval'

/** A signing key and whose it is; `certificate` is DER in base64url, `until` the instant it expires. */
export interface KeptKey {
  readonly keyid: string
  readonly person: string
  readonly name: string
  readonly issuer: string
  readonly until: string
  readonly certificate: string
  readonly privateKey: CryptoKey
}

/** A request for a certificate that has not been decided on. */
export interface KeptRequest {
  readonly request: string
  readonly person: string
  readonly name: string
  readonly pair: CryptoKeyPair
}

/** Something that this browser keeps for its person until it is handed in. */
interface Kept {
  readonly id: string
}

const opened = new Map<string, UseStore>()

function store(name: string): UseStore {
  const found = opened.get(name) ?? createStore(`remote-bid-${name}`, 'kept')
  opened.set(name, found)
  return found
}

export const keptKeys = {
  all: (): Promise<KeptKey[]> => values<KeptKey>(store('keys')),
  put: (key: KeptKey): Promise<void> => set(key.keyid, key, store('keys')),
  drop: (keyid: string): Promise<void> => del(keyid, store('keys')),
}

const ONE = 'request'

export const keptRequest = {
  get: (): Promise<KeptRequest | undefined> => get<KeptRequest>(ONE, store('requests')),
  put: (request: KeptRequest): Promise<void> => set(ONE, request, store('requests')),
  drop: (): Promise<void> => del(ONE, store('requests')),
}

/** Drafts of a room, by their ids. */
export function keptDrafts<D extends Kept>(room: string) {
  return {
    all: (): Promise<D[]> => values<D>(store(room)),
    get: (id: string): Promise<D | undefined> => get<D>(id, store(room)),
    put: (draft: D): Promise<void> => set(draft.id, draft, store(room)),
    drop: (id: string): Promise<void> => del(id, store(room)),
  }
}
