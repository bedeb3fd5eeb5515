import { expect, test } from 'vitest'
import type { OpeningView } from '../wire'
import type { Place } from './places'
import { askOf, stateOf } from './situation'

const PLACE: Place = {
  lot: '1',
  part: 'readout_form',
  title: 't',
  kid: 'k',
  drilled: true,
  struck: false,
  named: true, helps: false,
  published: false,
  aborted: false,
  opened: 'published',
}
const ask = (phase: OpeningView['phase'], given: Partial<Place>, asked = 'wait') =>
  askOf({ session: 's', phase, me: { person: 'c', role: 'custodian', ask: asked } }, [{ ...PLACE, ...given }])

test('what the session asks comes first; before the deadline also a drill', () => {
  expect(ask('CUSTODY', {}, 'publish_key')).toBe('publish_key')
  expect(ask('LOBBY', { drilled: false })).toBe('drill')
  expect(ask('LOBBY', {})).toBe('wait')
})

test('whoever is struck has nothing to publish; whoever has published is done', () => {
  expect(ask('CUSTODY', { named: false, struck: true })).toBe('struck')
  expect(ask('READOUT', { published: true })).toBe('done')
  expect(ask('READOUT', { opened: 'kept' })).toBe('done')
  expect(ask('ABORTED', {})).toBe('destroy')
})

test('how a key stands', () => {
  expect(stateOf(PLACE)).toBe('drilled')
  expect(stateOf({ ...PLACE, struck: true })).toBe('struck')
  expect(stateOf({ ...PLACE, published: true, opened: 'entrusted' })).toBe('entrusted')
  expect(stateOf({ ...PLACE, kid: null })).toBe('none')
  expect(stateOf({ ...PLACE, drilled: false })).toBe('offered')
  expect(stateOf({ ...PLACE, aborted: true })).toBe('aborted')
})
