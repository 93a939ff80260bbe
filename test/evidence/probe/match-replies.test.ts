import { describe, expect, test } from 'vitest'
import { startMatching } from '../../../src/evidence/probe/match-replies.ts'
import { MOST_REPLY_BYTES } from '../../../src/evidence/probe/reply-reader.ts'

function expecting(...patterns: RegExp[]) {
  return startMatching(patterns.map((pattern, index) => ({ destination: `v${index}`, pattern })))
}

describe('expressions', () => {
  test('match anywhere in a reply, and several may match one reply', () => {
    const match = expecting(/one/, /hello$/, /^two|three+/)
    expect(match.whole('one hello')).toEqual([0, 1])
    expect(match.whole('one two')).toEqual([0])
    expect(match.whole('threee')).toEqual([2])
    expect(match.whole('four')).toEqual([])
  })

  test('match a reply as it grows, at each point as if it ended there', () => {
    const reply = expecting(/one/, /two$/).start()
    expect(reply.add('on')).toEqual([])
    expect(reply.add('e tw')).toEqual([0])
    expect(reply.add('o')).toEqual([0, 1])
    expect(reply.add('!')).toEqual([0])
  })
})

describe('replies that are made to cost much', () => {
  /** 2^200 states, each of which the replies below need for the first time. */
  const COSTLY = /a(a|b){200}c/
  const letters = (seed: number) =>
    Array.from({ length: MOST_REPLY_BYTES }, (_, at) => (Math.sin(at * (seed + 1)) > 0 ? 'a' : 'b'))

  test('cost no more than a fixed amount of work in a whole run, and are then not classified', () => {
    const match = startMatching([{ destination: 'v1', pattern: COSTLY }], 100_000)
    expect(match.whole(letters(1).join(''))).toBeUndefined()
    expect(match.whole(letters(2).join(''))).toBeUndefined()
  })

  test('do not keep a growing reply from being given up for good', () => {
    const match = startMatching([{ destination: 'v1', pattern: COSTLY }], 100_000)
    const reply = match.start()
    expect(reply.add(letters(1).join(''))).toBeUndefined()
    expect(reply.add('b')).toBeUndefined()
  })

  test('leave ordinary replies of the same run classified', () => {
    const match = startMatching(
      [
        { destination: 'v1', pattern: COSTLY },
        { destination: 'v2', pattern: /^two/ },
      ],
      100_000,
    )
    expect(match.whole('two')).toEqual([1])
    match.whole(letters(1).join(''))
    expect(match.whole('two')).toEqual([1])
  })
})
