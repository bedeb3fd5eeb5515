/**
 * The `.release` file: both halves of a sealed part's key, under the bidder's passphrase.
 *
 * JSON {v, submission, salt, nonce, box}
 *     box = AES-256-GCM(scrypt(NFC(passphrase), salt, N = 2^15, r = 8, p = 1), s_B ‖ s_T, aad = submission)
 */

import { scryptAsync } from '@noble/hashes/scrypt.js'
import { b64, concat, random, text, unb64, type Bytes } from '../seal/bytes'
import type { Halves } from '../seal/envelope'
import { Refused } from '../timeline/refused'

const VERSION = 'sbe/1 release'

interface Release {
  readonly v: string
  readonly submission: string
  readonly salt: string
  readonly nonce: string
  readonly box: string
}

/** The file's text, for the bid with this submission id. */
export async function writeRelease(submission: string, halves: Halves, passphrase: string): Promise<string> {
  const [salt, iv] = [random(16), random(12)]
  const how = { name: 'AES-GCM', iv, additionalData: text(submission) }
  const key = await keyOf(passphrase, salt)
  const box = new Uint8Array(await crypto.subtle.encrypt(how, key, concat(halves.sB, halves.sT)))
  const file: Release = { v: VERSION, submission, salt: b64(salt), nonce: b64(iv), box: b64(box) }
  return JSON.stringify(file)
}

/** What a file holds. Refused with `release_file`: one error for everything that may be wrong. */
export async function readRelease(file: string, passphrase: string): Promise<{ submission: string; halves: Halves }> {
  try {
    const { v, submission, salt, nonce, box } = JSON.parse(file) as Release
    if (v !== VERSION) throw new Error('another version')
    const how = { name: 'AES-GCM', iv: unb64(nonce), additionalData: text(submission) }
    const key = await keyOf(passphrase, unb64(salt))
    const plain = new Uint8Array(await crypto.subtle.decrypt(how, key, unb64(box)))
    return { submission, halves: { sB: plain.slice(0, 32), sT: plain.slice(32, 64) } }
  } catch {
    throw Refused.because(
      'release_file',
      '打不开解密文件：口令不对，或不是解密文件。没有提交任何内容，也没有消耗次数，请核对后重试。',
      'The release file does not open with this passphrase. Nothing was sent and no try was spent.',
    )
  }
}

async function keyOf(passphrase: string, salt: Bytes): Promise<CryptoKey> {
  const raw = await scryptAsync(text(passphrase.normalize('NFC')), salt, { N: 2 ** 15, r: 8, p: 1, dkLen: 32 })
  return crypto.subtle.importKey('raw', Uint8Array.from(raw), 'AES-GCM', false, ['encrypt', 'decrypt'])
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
