import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeLine, encodeLine, type LogLine } from '../../../src/evidence/jobs/job-log.ts'
import { anyLine } from './support/any-line.ts'

test('a line is read as it was written, whatever a Pod has to say', () => {
  fc.assert(
    fc.property(anyLine, (line) => {
      const text = encodeLine(line)
      expect(text).not.toContain('\n')
      expect(decodeLine(text)).toEqual(line)
    }),
  )
})

test('a line that lost its beginning or its end is no line', () => {
  fc.assert(
    fc.property(anyLine, fc.nat(), (line, at) => {
      const text = encodeLine(line)
      const cut = 1 + (at % (text.length - 1))
      expect(decodeLine(text.slice(0, cut - text.length))).toBeUndefined()
      expect(decodeLine(text.slice(cut))).toBeUndefined()
    }),
  )
})

test('a line that somebody else wrote, or changed, is read without a failure', () => {
  fc.assert(
    fc.property(anyLine, fc.string(), fc.nat(), (line, other, at) => {
      decodeLine(other)
      decodeLine(`~0 ${other};`)
      decodeLine(`~0 s ${other};`)
      decodeLine(`~0 o [0,${other}];`)
      const text = encodeLine(line)
      const place = at % text.length
      decodeLine(text.slice(0, place) + other + text.slice(place))
    }),
  )
})

test.each<{ what: string; line: string }>([
  { what: 'an id that no Pod gives', line: '~1 o [256,{"kind":"client-limit","why":"EMFILE"}];' },
  { what: 'a reason that there is not', line: '~1 o [0,{"kind":"unclassified","why":"mood"}];' },
  { what: 'a destination that is no number', line: '~1 o [0,{"kind":"destination","index":-1}];' },
  { what: 'a launch after the line was written', line: '~1 s 5 0.1 ;' },
  { what: 'a launch before the Pod started', line: '~1 s 5 6 ;' },
  { what: 'a result without a time', line: '~1 s 5  A;' },
  { what: 'the result of an outcome beyond the last one', line: '~1 s 5  ZZ1;' },
  { what: 'an end that there is not', line: '~1 e tired;' },
])('a line with $what is no line', ({ line }) => {
  expect(decodeLine(line)).toBeUndefined()
})

test('a sample takes less than seven bytes of the log at a thousand samples a second', () => {
  const samples = 20
  const line: LogLine = {
    number: 10_000,
    event: {
      kind: 'samples',
      emittedMs: 200_000,
      launchesMs: Array.from({ length: samples }, (_, index) => 199_980 + index),
      results: Array.from({ length: samples }, (_, index) => ({
        outcome: index % 2,
        tookMs: 2.13,
      })),
    },
  }
  expect(`${encodeLine(line)}\n`.length / samples).toBeLessThan(7)
})
