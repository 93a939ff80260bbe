import { describe, expect, test } from 'vitest'
import { startMatching } from '../../src/probe/match-replies.ts'

function expecting(...patterns: RegExp[]) {
  return startMatching(patterns.map((pattern, index) => ({ destination: `v${index}`, pattern })))
}

const LONG = 64 * 1024
/** What makes a backtracking engine of JavaScript's kind try everything. */
const EXPLODING: readonly [RegExp, string][] = [
  [/(a+)+$/, `${'a'.repeat(40)}!`],
  [/^(a|aa)*$/, `${'a'.repeat(80)}!`],
  [/(x+x+)+y/, 'x'.repeat(LONG)],
]

describe('an expression that explodes', () => {
  test('is given up, and after five replies nothing more is tried', () => {
    for (const [pattern, reply] of EXPLODING.slice(0, 2))
      expect(expecting(pattern)(reply), String(pattern)).toBeUndefined()
    const match = expecting(/(a+)+$/, /^b{2}/)
    const evil = `${'a'.repeat(40)}!`
    for (let tries = 0; tries < 1000; tries += 1) expect(match(evil)).toBeUndefined()
  })

  test('is given up on a reply of 64 KiB too', () => {
    const [pattern, reply] = EXPLODING[2] ?? [/x/, '']
    expect(expecting(pattern)(reply)).toBeUndefined()
  })

  test('still tells the replies that it is quick on', () => {
    const match = expecting(/^(a+)+$/, /^b/)
    expect(match(`${'a'.repeat(40)}!`)).toBeUndefined()
    expect(match('aaa')).toEqual([0])
    expect(match('bbb')).toEqual([1])
  })
})

/** Stands still, as a process does whose processor others have, each time until its time is up. */
class Stalling extends RegExp {
  stalls: number
  constructor(source: string, stalls: number) {
    super(source)
    this.stalls = stalls
  }
  override test(text: string): boolean {
    this.stalls -= 1
    if (this.stalls >= 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
    return super.test(text)
  }
}

describe('a machine that stands still while an expression works', () => {
  test('is not taken for an expression that explodes', () => {
    const match = expecting(new Stalling('^o+ne', 2), /^two/)
    expect(match('one')).toEqual([0])
    expect(match('two')).toEqual([1])
  })

  test('is not waited for without end', () => {
    const match = expecting(new Stalling('^o+ne', 3), /^two/)
    expect(match('one')).toBeUndefined()
    expect(match('one')).toEqual([0])
  })
})

describe('expressions', () => {
  test('match anywhere in a reply, and several may', () => {
    const match = expecting(/one/, /hello$/, /^two|three+/)
    expect(match('one hello')).toEqual([0, 1])
    expect(match('one two')).toEqual([0])
    expect(match('threee')).toEqual([2])
    expect(match('four')).toEqual([])
  })

  test('have all of JavaScript: looking ahead and behind, going back, names', () => {
    const match = expecting(/^(?!two)\w+/, /(?<=t)wo+/, /(?<c>o)\k<c>/, /^(.)x\1/)
    expect(match('one')).toEqual([0])
    expect(match('two')).toEqual([1])
    expect(match('zoo')).toEqual([0, 2])
    expect(match('axa')).toEqual([0, 3])
  })

  test('without repetitions are quick on any reply', () => {
    const match = expecting(/(a|b|ab)?(a|b|ab)?(a|b|ab)?$/, /^one /)
    expect(match('ab'.repeat(LONG / 2))).toEqual([0])
  })
})
