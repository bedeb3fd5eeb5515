import type { Refusal } from '../wire'

/** It was not done: the server's refusal, or this page's own in the same form. */
export class Refused extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.code)
  }

  /** This page's own: a stable code and a sentence in both languages. */
  static because(code: string, zh: string, en: string): Refused {
    return new Refused({ ok: false, code, zh, en, trace: '' })
  }
}

/** Whatever was thrown, as a refusal; what nobody foresaw keeps its own words for the operator. */
export function refusalOf(thrown: unknown): Refusal {
  if (thrown instanceof Refused) return thrown.refusal
  const why = thrown instanceof Error ? thrown.message : String(thrown)
  const zh = '本页面出现意外错误，操作没有完成。请刷新页面后重试。'
  return { ok: false, code: 'page_failed', zh, en: 'This page failed unexpectedly. Reload it and try again.', trace: why }
}

/** The network did not carry the question or the answer. */
export function unreachable(): Refused {
  return Refused.because(
    'unreachable',
    '连接不上服务器。请检查网络后重试，已保存的内容没有丢失。',
    'The server cannot be reached. Check the network and try again; nothing kept is lost.',
  )
}
