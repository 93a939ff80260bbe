import { describe, expect, test } from 'vitest'
import { HOSTILE, someAttempt, someCheck } from '../../../kit/report/run.ts'
import { mermaidText, splitPicture } from '../../../src/report/summary/picture.ts'

describe('the picture of a split', () => {
  test('has a thick arrow to what lies within its band, a dotted one to what does not', () => {
    const attempts = [someAttempt({ counts: [300, 100], samples: 400, unclassified: 0 })]
    const check = someCheck({ attempts, tolerance: [0.05, 0.04] })
    expect(splitPicture(check).split('\n')).toEqual([
      '```mermaid',
      'flowchart LR',
      '  gateway(["gateway#44; 400 connections"])',
      '  gateway ==>|"75#37;#44; asked 80 #177; 5"| d0["v1"]',
      '  gateway -.->|"25#37;#44; asked 20 #177; 4"| d1["v2"]',
      '```',
    ])
  })

  test('shows connections that no destination answered', () => {
    expect(splitPicture(someCheck())).toContain(
      '  gateway -.->|"10 connections"| lost["no known reply"]',
    )
  })

  test('is not drawn before a connection could be told, nor where nobody could read it', () => {
    expect(splitPicture(someCheck({ attempts: [] }))).toBe('')
    const unanswered = someAttempt({ counts: [0, 0], samples: 3, unclassified: 3 })
    expect(splitPicture(someCheck({ attempts: [unanswered] }))).toBe('')
    expect(splitPicture(someCheck({ names: ['v1', 'x'.repeat(61)] }))).toBe('')
    const names = Array.from({ length: 13 }, (_, index) => `v${index}`)
    expect(splitPicture(someCheck({ names }))).toBe('')
  })
})

test('a text in Mermaid has nothing but letters, digits, blanks and codes', () => {
  for (const text of HOSTILE) expect(mermaidText(text)).toMatch(/^([\p{L}\p{N} ]|#\d+;)*$/u)
  expect(mermaidText('a"]b\n🙂')).toBe('a#34;#93;b #128578;')
})
