/** A custodian's keys in this page: kept locked in the browser, unlocked only in memory, and whom it trusts. */

import { computed, ref, shallowRef, watch, type ComputedRef } from 'vue'
import { typed } from '../bidder/recovery_code'
import { keyId, publicKey } from '../seal/xwing'
import { Refused } from '../timeline/refused'
import { readTrust, type Trust } from '../verify/trust'
import { freshKey } from './acts'
import { readCustody, writeCustody, type CustodyKey } from './custody_file'
import { keptFile, keptTrust } from './kept'
import { placesOf, type Place } from './places'
import type { Followed } from './seen'

type Held = ReadonlyMap<string, CustodyKey>
export type Custody = ReturnType<typeof useCustody>

export function useCustody(timeline: ComputedRef<Followed>) {
  const session = timeline.value.session
  const places = shallowRef<readonly Place[]>([])
  const file = shallowRef<string | null>(null)
  const held = shallowRef<Held>(new Map())
  const trust = shallowRef<Trust | null>(null)
  const read = ref(false)
  watch(timeline, (now) => void placesOf(now).then((found) => (places.value = found)), { immediate: true })
  void Promise.all([keptFile.get(session), keptTrust.get()]).then(([keys, trusted]) => {
    file.value = keys ?? null
    trust.value = trusted === undefined ? null : trustIn(trusted)
    read.value = true
  })

  /** Keys for all places that have none, in the file before anything else is done with them. */
  async function make(passphrase: string): Promise<string> {
    const lacking = places.value.filter(({ kid }) => kid === null)
    const made = await Promise.all(lacking.map(freshKey))
    return keep([...held.value.values(), ...made], passphrase)
  }

  async function keep(keys: readonly CustodyKey[], passphrase: string, written: string | null = null): Promise<string> {
    const text = written ?? (await writeCustody(session, keys, passphrase))
    await keptFile.put(session, text)
    file.value = text
    held.value = new Map(keys.map((key) => [key.kid, key]))
    return text
  }

  /** Unlock the kept file, or one that is loaded now and kept from then on. */
  async function unlock(passphrase: string, loaded: string | null): Promise<void> {
    const text = loaded ?? file.value ?? ''
    const keys = await readCustody(text, session, passphrase)
    const wanted = places.value.flatMap(({ kid }) => kid ?? [])
    if (wanted.length && !keys.some(({ kid }) => wanted.includes(kid))) throw otherFile()
    const all = new Map([...held.value, ...keys.map((key) => [key.kid, key] as const)])
    // What is unlocked already must not be lost to a file that lacks it.
    await keep([...all.values()], passphrase, all.size === keys.length ? text : null)
  }

  /** Bring a key back from paper; it is kept in this page only. */
  async function fromCode(place: Place, code: string): Promise<void> {
    const seed = await typed(code)
    const kid = await keyId(await publicKey(seed))
    if (kid !== place.kid) throw otherCode()
    held.value = new Map([...held.value, [kid, { lot: place.lot, part: place.part, kid, seed }]])
  }

  async function takeTrust(text: string): Promise<void> {
    trust.value = trustIn(text)
    await keptTrust.put(text)
  }

  async function destroy(): Promise<void> {
    await keptFile.drop(session)
    file.value = null
    held.value = new Map()
  }

  /** Made, but the session does not know them yet. */
  const waiting = computed(() => [...held.value.values()].filter((key) => !isOffered(key, places.value)))
  /** There is a file, and nothing of it is unlocked: nothing may be written over it. */
  const locked = computed(() => file.value !== null && !held.value.size)
  /** Whether every key that was made or offered is unlocked. */
  const whole = computed(() => !locked.value && places.value.every(({ kid }) => kid === null || held.value.has(kid)))
  return { places, file, held, trust, read, waiting, locked, whole, make, unlock, fromCode, takeTrust, destroy }
}

function isOffered(key: CustodyKey, places: readonly Place[]): boolean {
  return places.some(({ kid }) => kid === key.kid)
}

/** Refused with `bad_trust` if it cannot be used. */
function trustIn(text: string): Trust {
  try {
    return readTrust(new TextEncoder().encode(text))
  } catch {
    throw Refused.because('bad_trust', '这不是可用的信任文件，没有装入。', 'This is no usable trust file; it was not loaded.')
  }
}

function otherFile(): Refused {
  return Refused.because(
    'other_keys',
    '文件中没有您登记的密钥，没有装入。',
    'The file does not hold the keys that you offered; nothing was loaded.',
  )
}

function otherCode(): Refused {
  return Refused.because(
    'other_key',
    '这个纸质码不是您登记的这把密钥的，没有装入。',
    'This code is not that of the key you offered; nothing was loaded.',
  )
}
