import { describe, expect, it } from 'vitest'
import { qualityOf, speakerOf } from './quality'

describe('the bars of a line', () => {
  it('are not shown before anything is known', () => {
    expect(qualityOf(undefined, undefined)).toBeNull()
  })

  it('are as few as the worse of loss and delay allows', () => {
    expect(qualityOf(0, 20)).toBe(4)
    expect(qualityOf(0.05, 20)).toBe(2)
    expect(qualityOf(0, 700)).toBe(1)
    expect(qualityOf(0.5, 20)).toBe(0)
  })
})

describe('the speaker', () => {
  it('is the loudest, and nobody in a quiet room', () => {
    expect(speakerOf({ S01: 80, S02: 100 })).toBe('S02')
    expect(speakerOf({ S01: 10 })).toBe('')
    expect(speakerOf({})).toBe('')
  })
})
