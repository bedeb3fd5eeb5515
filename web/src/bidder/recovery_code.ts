/**
 * The printed code: a bidder's half as signs on paper, for the day on which every disk has failed.
 *
 * Crockford's base32 of s_B ‖ the first 3 bytes of SHA-256("sbe/1 code" ‖ s_B): 56 signs in groups of four.
 */

import { concat, same, sha256, text, type Bytes } from '../seal/bytes'
import { Refused } from '../timeline/refused'

const SIGNS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const HALF = 32
const LENGTH = ((HALF + 3) * 8) / 5

/** The code to print. */
export async function printed(half: Bytes): Promise<string> {
  const raw = concat(half, await check(half))
  const bits = [...raw].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  const signs = Array.from({ length: LENGTH }, (_, i) => SIGNS[parseInt(bits.slice(5 * i, 5 * i + 5), 2)]!).join('')
  return signs.replace(/(.{4})(?=.)/g, '$1-')
}

/** The half behind a code, however it was typed: letters that look alike are taken as meant. Refused: `bad_code`. */
export async function typed(code: string): Promise<Bytes> {
  const signs = code.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1')
  const values = Array.from(signs, (sign) => SIGNS.indexOf(sign))
  if (values.length !== LENGTH || values.includes(-1)) throw badCode()
  const bits = values.map((value) => value.toString(2).padStart(5, '0')).join('')
  const raw = Uint8Array.from({ length: HALF + 3 }, (_, i) => parseInt(bits.slice(8 * i, 8 * i + 8), 2))
  const half = raw.slice(0, HALF)
  if (!same(raw.slice(HALF), await check(half))) throw badCode()
  return half
}

async function check(half: Bytes): Promise<Bytes> {
  return (await sha256(text('sbe/1 code'), half)).slice(0, 3)
}

function badCode(): Refused {
  return Refused.because(
    'bad_code',
    '恢复码不对：应为 56 个字母和数字，每四个一组。没有提交任何内容，请逐组核对。',
    'The code is not right: it has 56 letters and figures in groups of four. Nothing was sent; check it group by group.',
  )
}
