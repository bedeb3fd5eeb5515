import type { Words } from '../app/i18n'

const words: Words['centre'] = {
  title: 'Opening halls',
  lead: 'Anybody may watch a no-show bid opening.',
  loading: 'Loading the schedule…',
  empty: 'No opening is scheduled',
  emptyWhy: 'Scheduled openings are listed here; nobody needs to sign in to watch.',
  failed: 'The schedule cannot be loaded',
  failedWhy: 'Retrying by itself.',
  enter: 'Enter the hall',
  deadline: 'Deadline',
  noDeadline: 'Deadline to be announced',
  search: 'Search by tender, code or centre',
  noneFound: 'No opening matches.',
  running: 'In progress: {phase}',
  ahead: 'Coming up',
  over: 'Over',
  wall: 'Supervisor’s wall',
}

export default words
