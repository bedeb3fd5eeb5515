const SYMBOLS: Readonly<Record<string, string>> = { CNY: '¥', USD: 'US$', EUR: '€', GBP: '£', HKD: 'HK$', JPY: 'JP¥' }
const PLAIN = /^(0|[1-9]\d*)(?:\.(\d{1,2}))?$/

/** ¥12,345,678.90. An amount in any other spelling is shown as it was sealed: nothing is rounded or guessed. */
export function money(amount: string, currency: string): string {
  const symbol = SYMBOLS[currency] ?? `${currency}\u00a0`
  const [, whole, cents = ''] = PLAIN.exec(amount) ?? []
  if (whole === undefined) return symbol + amount
  return `${symbol}${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${cents.padEnd(2, '0')}`
}

/** By how many per cent of the ceiling an amount stays below it ("2.71", "-0.50" when above); null if not comparable. */
export function below(amount: string, ceiling: string): string | null {
  const [offered, most] = [hundredths(amount), hundredths(ceiling)]
  if (offered === null || !most) return null
  const difference = most - offered
  const parts = (absolute(difference) * 20_000n + most) / (2n * most)
  const text = `${parts / 100n}.${String(parts % 100n).padStart(2, '0')}`
  return difference < 0n ? `-${text}` : text
}

function hundredths(amount: string): bigint | null {
  const [, whole, cents = ''] = PLAIN.exec(amount) ?? []
  return whole === undefined ? null : BigInt(whole + cents.padEnd(2, '0'))
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value
}

const DIGITS = '零壹贰叁肆伍陆柒捌玖'
const TENS = ['', '拾', '佰', '仟']
const MYRIADS = ['', '万', '亿', '万亿']

/** The price of a readout form as it is read aloud (大写), where it is in yuan. */
export function inCapital({ price, currency }: { price: string; currency: string }): string | null {
  return currency === 'CNY' ? capital(price) : null
}

/** The Chinese capital amount of a sum in yuan: 壹佰贰拾叁元肆角伍分; null beyond what is written so. */
export function capital(amount: string): string | null {
  const [, whole, cents = ''] = PLAIN.exec(amount) ?? []
  if (whole === undefined || whole.length > 16) return null
  const yuan = whole === '0' ? '' : `${capitalWhole(whole)}元`
  return (yuan + capitalCents(cents.padEnd(2, '0'), yuan !== '')) || '零元整'
}

function capitalWhole(whole: string): string {
  const groups = whole.padStart(Math.ceil(whole.length / 4) * 4, '0').match(/\d{4}/g) ?? []
  let text = ''
  let gap = false
  groups.forEach((group, at) => {
    if (group === '0000') gap = text !== ''
    else {
      if (text && (gap || group.startsWith('0'))) text += '零'
      text += capitalGroup(group) + MYRIADS[groups.length - 1 - at]!
      gap = false
    }
  })
  return text
}

/** Up to four digits, without what stands before the first. */
function capitalGroup(group: string): string {
  let text = ''
  for (const [at, digit] of Array.from(group).entries()) {
    if (digit !== '0') text += (text && group[at - 1] === '0' ? '零' : '') + DIGITS[Number(digit)]! + TENS[3 - at]!
  }
  return text
}

function capitalCents(cents: string, afterYuan: boolean): string {
  const [jiao, fen] = [Number(cents[0]), Number(cents[1])]
  if (!jiao && !fen) return afterYuan ? '整' : ''
  const tenths = jiao ? `${DIGITS[jiao]!}角` : afterYuan ? '零' : ''
  return tenths + (fen ? `${DIGITS[fen]!}分` : '整')
}
