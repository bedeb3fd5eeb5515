/**
 * A chair of a demonstration is taken: the key is in the address's fragment, which no browser sends anywhere.
 *
 * 1  the key, with the chair's certificate, is kept as if it had been imported
 * 2  its person signs in, and the simulated one steps aside
 * 3  what the simulated one has made so far is kept too: its bids can be released here, its keys published
 */

import { keepBid } from '../bidder/halves'
import { readRelease } from '../bidder/release_file'
import { keptFile, keptTrust } from '../custodian/kept'
import { post, readAccount, signIn } from '../keys/account'
import { keep, loadIdentities } from '../keys/identity'
import { keptKey } from '../keys/x509'
import { refusalOf } from '../timeline/refused'
import { certificateOf, keyOf } from './key'

interface Left {
  readonly session: string
  readonly desk: string
  readonly releases: readonly string[]
  /** A custodian's key file, which the page asks the passphrase for. */
  readonly custody: readonly string[]
  readonly trust: string
  readonly passphrase: string
}

async function sitDown(): Promise<void> {
  const desk = new URLSearchParams(location.search).get('desk') ?? ''
  const der = certificateOf(await (await fetch(`${location.pathname}/certificate`)).text())
  const key = await keptKey(der, await keyOf(der, location.hash.slice(1)))
  history.replaceState(null, '', location.pathname)
  await loadIdentities()
  await readAccount()
  await keep(key)
  await signIn(key.keyid)
  const left = (await post('/chair/taken', { desk })) as Left
  for (const file of left.releases) {
    const { submission, halves } = await readRelease(file, left.passphrase)
    await keepBid({ bid: submission, halves, form: null })
  }
  await keptTrust.put(left.trust)
  for (const file of left.custody) await keptFile.put(left.session, file)
  location.replace(left.desk)
}

sitDown().catch((thrown: unknown) => {
  const { zh, en, trace } = refusalOf(thrown)
  document.getElementById('said')!.textContent = `${zh} ${en} ${trace}`
})
