import type zh from './words.zh'

const en: typeof zh = {
  title: 'Offline sealer',
  why: 'This page has no network: what you write, the files and the passphrase never leave this device.',
  tender: 'The tender',
  tenderFile: 'The .tender file',
  tenderHint: 'Download it from the page of your bid and carry it here.',
  project: 'Tender',
  lot: 'Lot',
  version: 'Version',
  policy: 'Policy ({part})',
  trust: 'Check the policy',
  trustFile: 'Trust file (trust.json)',
  trustWhy:
    'The centre gives you the trust file in person or on paper; with it the signatures under the policy and the custodians’ keys are checked. You may seal without: then compare the policy above with the page of your bid.',
  unchecked: 'Not checked: this page does not know who signed the policy.',
  signedBy: 'The policy is signed by {names}; the signature holds',
  keptBy: 'The custodians {names} signed their keys themselves',
  bid: 'Your bid',
  seal: 'Seal',
  question: 'Seal this bid?',
  again: 'A sealed bid is not handed in yet: carry the files back to the page of your bid.',
  done: 'Sealed, not handed in yet',
  save: 'Save each of these files. Without the .release files or the codes nobody can open your bid.',
  saveOne: 'Save {name}',
  saved: 'saved',
  kinds: {
    json: 'what is said of the bid; to hand in',
    sbe: 'sealed; to hand in',
    release: 'opens the bid: keep a copy, remember the passphrase',
  },
  code: 'Recovery code ({part}, bid {bid})',
  codes: 'Recovery codes',
  anew: 'Write it anew',
}

export default en
