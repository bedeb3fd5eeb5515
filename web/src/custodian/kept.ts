/** What a custodian's browser keeps: its keys under their passphrase, and whom it trusts. */

import { createStore, del, get, set, type UseStore } from 'idb-keyval'

let opened: UseStore | undefined

function store(): UseStore {
  opened ??= createStore('remote-bid-custody', 'kept')
  return opened
}

/** The key file of a session, locked. */
export const keptFile = {
  get: (session: string): Promise<string | undefined> => get<string>(`keys ${session}`, store()),
  put: (session: string, file: string): Promise<void> => set(`keys ${session}`, file, store()),
  drop: (session: string): Promise<void> => del(`keys ${session}`, store()),
}

/** The trust file, which came by another way than from the server. */
export const keptTrust = {
  get: (): Promise<string | undefined> => get<string>('trust', store()),
  put: (file: string): Promise<void> => set('trust', file, store()),
}
