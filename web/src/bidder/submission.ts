/** One bid on its way from the form to the receipt. What is done stays done: going on begins where it stopped. */

import { ref, shallowRef } from 'vue'
import { pageToken } from '../keys/account'
import { b64, random } from '../seal/bytes'
import type { Halves } from '../seal/envelope'
import { statementId } from '../seal/statements'
import { refusalOf } from '../timeline/refused'
import type { OfferedPart, ReadoutForm, Refusal } from '../wire'
import { offered, submit, type Acting } from './acts'
import { keepBid } from './halves'
import { READOUT_FORM, type SealFor, type Standing } from './own'
import { download, writeRelease } from './release_file'
import { sealPart, uploadPart } from './sealing'

/** What the bidder has filled in: the form, and a file for each further part. */
export interface Written {
  readonly form: ReadoutForm
  readonly files: Readonly<Record<string, File>>
  readonly passphrase: string
}

/** What is to be handed in. */
interface Filled extends Written {
  readonly lot: string
  readonly parts: readonly SealFor[]
  readonly standing: Standing
}

export type Step = 'sealing' | 'uploading' | 'handing_in'

/** Ready to be handed in; `uploaded` counts the envelopes that are. */
export interface Sealed {
  readonly offers: readonly OfferedPart[]
  readonly envelopes: readonly { readonly name: string; readonly envelope: Blob }[]
  uploaded: number
}

export class Submission {
  readonly step = ref<Step | null>(null)
  readonly bytes = ref(0)
  readonly of = ref(0)
  readonly refusal = shallowRef<Refusal | null>(null)
  private sealed: Sealed | null = null

  constructor(private readonly acting: Acting) {}

  /** Seal here and hand in. */
  async go(filled: Filled): Promise<boolean> {
    return this.handIn(filled.lot, () => this.seal(filled))
  }

  /** Hand in what is made, or was made before; false if it was not done. */
  async handIn(lot: string, make: () => Promise<Sealed>): Promise<boolean> {
    this.refusal.value = null
    try {
      this.sealed ??= await make()
      await this.send(this.sealed)
      this.step.value = 'handing_in'
      await submit(this.acting, lot, this.sealed.offers)
      this.sealed = null
      return true
    } catch (thrown) {
      this.refusal.value = refusalOf(thrown)
      return false
    } finally {
      this.step.value = null
    }
  }

  private async seal({ form, files, parts, standing, passphrase }: Filled): Promise<Sealed> {
    this.begin('sealing', parts.reduce((sum, { part }) => sum + (files[part]?.size ?? 0), 0))
    const made: Sealed = { offers: [], envelopes: [], uploaded: 0 }
    const secrets: [string, Halves][] = []
    for (const to of parts) {
      const file = to.part === READOUT_FORM ? new Blob([JSON.stringify(form)]) : files[to.part]!
      const place = { policy: to.policy, lot: to.lot, part: to.part, bidder: this.acting.person, version: standing.version + 1 }
      const part = await sealPart({ file, place, to }, this.progress())
      const name = b64(random(16))
      const offer = await offered(name, part, to, this.acting.person, standing)
      secrets.push([await statementId(offer.submission.statement), part.halves])
      Object.assign(made, { offers: [...made.offers, offer], envelopes: [...made.envelopes, { name, envelope: part.envelope }] })
    }
    // Before anything leaves this browser: a bid whose halves are lost could never be opened.
    for (const [bid, halves] of secrets) {
      await keepBid({ bid, halves, form: bid === secrets[0]![0] ? form : null })
      download(`${bid}.release`, await writeRelease(bid, halves, passphrase))
    }
    return made
  }

  private async send(ready: Sealed): Promise<void> {
    this.begin('uploading', ready.envelopes.reduce((sum, { envelope }) => sum + envelope.size, 0))
    for (const { name, envelope } of ready.envelopes.slice(ready.uploaded)) {
      await uploadPart({ envelope, to: { session: this.acting.session, name, headers: pageToken() } }, this.progress())
      ready.uploaded += 1
    }
  }

  private begin(now: Step, all: number): void {
    this.step.value = now
    this.bytes.value = 0
    this.of.value = all
  }

  /** Counts one part's bytes on top of the parts before it. */
  private progress(): (done: number) => void {
    const before = this.bytes.value
    return (done) => (this.bytes.value = Math.min(this.of.value, before + done))
  }

  /** Something was changed: what is sealed is not handed in any more. */
  discard(): void {
    this.sealed = null
  }
}
