/** Every hour on every screen is the centre's. */
const ZONE = 'Asia/Shanghai'

const TIME = new Intl.DateTimeFormat('en-GB', {
  timeZone: ZONE,
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
})
const DAY = new Intl.DateTimeFormat('en-CA', { timeZone: ZONE, year: 'numeric', month: '2-digit', day: '2-digit' })

/** 09:58:41 */
export function timeOf(instant: string | number): string {
  return TIME.format(new Date(instant))
}

/** 2026-11-22 09:58:41 */
export function momentOf(instant: string | number): string {
  return `${DAY.format(new Date(instant))} ${timeOf(instant)}`
}

/** The time alone if it is of the same day as `now`, else the day with it. */
export function untilOf(instant: string, now: number): string {
  const moment = momentOf(instant)
  return moment.slice(0, 10) === momentOf(now).slice(0, 10) ? timeOf(instant) : moment
}
