import type zh from './words.zh'

const en: typeof zh = {
  loading: 'Connecting…',
  missing: 'There is no such opening',
  lost: 'Connection lost, reconnecting; this is how it was before.',
  speech: 'Read aloud',
  sound: 'Phase sounds',
  turn: 'Turn pages',
  on: 'on',
  off: 'off',
  time: 'Server time',
  page: 'Page {page} of {pages}',
  ceiling: 'Ceiling {price}',
  hidden: 'Names and prices come with the readout',
  waiting: 'To be read',
  secret: 'Before the deadline nobody learns how many or who',
  check: 'Check code',
  aloud: '{name}: {price}{rest}.',
  aloudField: ', {label}: {value}',
  yes: 'yes',
  no: 'no',
  aloudNot: '{name}: {outcome}.',
  list: 'Bids',
}

export default en
