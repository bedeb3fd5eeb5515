const ASKS = ['submit', 'deal_again', 'check_in', 'release', 'confirm_line', 'sign_record'] as const

/** What a session may ask of a bidder; anything else is for others, or nothing. */
export function askOf(ask: string): (typeof ASKS)[number] | 'wait' {
  return ASKS.find((known) => known === ask) ?? 'wait'
}
