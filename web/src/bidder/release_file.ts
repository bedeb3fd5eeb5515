/**
 * The `.release` file: both halves of a sealed part's key, under the bidder's passphrase.
 *
 * JSON {v, submission, salt, nonce, box}, the box over s_B ‖ s_T with the submission's id beside it
 */

import { lock, unlock, type Locked } from '../keys/passphrase'
import { concat, text } from '../seal/bytes'
import type { Halves } from '../seal/envelope'
import { Refused } from '../timeline/refused'

const VERSION = 'sbe/1 release'

interface Release extends Locked {
  readonly v: string
  readonly submission: string
}

/** The file's text, for the bid with this submission id. */
export async function writeRelease(submission: string, halves: Halves, passphrase: string): Promise<string> {
  const locked = await lock(passphrase, concat(halves.sB, halves.sT), text(submission))
  const file: Release = { v: VERSION, submission, ...locked }
  return JSON.stringify(file)
}

/** What a file holds. Refused with `release_file`: one error for everything that may be wrong. */
export async function readRelease(file: string, passphrase: string): Promise<{ submission: string; halves: Halves }> {
  try {
    const { v, submission, ...locked } = JSON.parse(file) as Release
    if (v !== VERSION) throw new Error('another version')
    const plain = await unlock(passphrase, locked, text(submission))
    return { submission, halves: { sB: plain.slice(0, 32), sT: plain.slice(32, 64) } }
  } catch {
    throw Refused.because(
      'release_file',
      '打不开解密文件：口令不对，或不是解密文件。没有提交任何内容，也没有消耗次数，请核对后重试。',
      'The release file does not open with this passphrase. Nothing was sent and no try was spent.',
    )
  }
}

/** Give a text to the person as a file. */
export function download(name: string, content: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([content], { type: 'application/octet-stream' }))
  link.download = name
  link.click()
  setTimeout(() => {
    URL.revokeObjectURL(link.href)
  }, 60_000)
}
