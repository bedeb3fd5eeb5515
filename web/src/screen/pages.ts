import type { BidRow, Lot, OpeningView } from '../wire'

/** Rows that a screen shows at once, so that ten metres away each can be read. */
const ROWS = 5

export interface ScreenRow {
  readonly bid: string
  readonly row: BidRow
  readonly lot: Lot
}

export interface ScreenPage {
  readonly lot: Lot
  /** Which page of its lot this is, from 1, and of how many. */
  readonly page: number
  readonly pages: number
  readonly rows: readonly ScreenRow[]
}

/** The bids, lot by lot, five to a page; a lot without bids has no page. */
export function pagesOf({ tender, bids = {} }: OpeningView): ScreenPage[] {
  return (tender?.lots ?? []).flatMap((lot) => {
    const own = Object.entries(bids).filter(([, row]) => row.lot === lot.lot)
    const rows = own.map(([bid, row]) => ({ bid, row, lot })).sort((a, b) => a.row.number - b.row.number)
    const pages = Math.ceil(rows.length / ROWS)
    return Array.from({ length: pages }, (_, i) => {
      return { lot, page: i + 1, pages, rows: rows.slice(i * ROWS, (i + 1) * ROWS) }
    })
  })
}

/** The page on which a bid is; -1 if on none. */
export function pageWith(pages: readonly ScreenPage[], bid: string): number {
  return pages.findIndex(({ rows }) => rows.some((row) => row.bid === bid))
}

/** How far a price bar and the ceiling's mark reach, in per cent of the room for bars; null where there is no price. */
export function barOf({ row: { form }, lot }: ScreenRow): { price: number; ceiling: number } | null {
  const [price, ceiling] = [Number(form?.price), Number(lot.ceiling_price)]
  if (!form || form.currency !== (lot.currency ?? 'CNY') || !(price > 0) || !(ceiling > 0)) return null
  const most = Math.max(price, ceiling)
  return { price: (price / most) * 100, ceiling: (ceiling / most) * 100 }
}
