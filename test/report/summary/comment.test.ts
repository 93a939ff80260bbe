import { expect, test } from 'vitest'
import { HOSTILE, recordOf, SOME_EVENTS, someOutcome } from '../../../kit/report/run.ts'
import { commentMarker, commentText } from '../../../src/report/summary/comment.ts'
import { summaryOf } from '../../../src/report/summary/summary.ts'

const FAILED = { verdict: 'error', reason: 'cluster' } as const
const ABOUT = { kind: 'HTTPRoute', namespace: 'demo', name: 'web', route: 'rule:main' }

test('the marker names the object and the rule, and no cluster, in one line that nothing in a name ends', () => {
  expect(commentMarker(ABOUT)).toBe(
    '<!-- istio-traffic-shift object=HTTPRoute/demo/web route=rule%3Amain -->',
  )
  for (const route of HOSTILE)
    expect(commentMarker({ ...ABOUT, route })).toMatch(/^<!--[^\n>]*-->$/)
})

test('a comment notifies no user whose name a text holds, and links to no other pull request', () => {
  const outcome = someOutcome({
    verdict: 'error',
    reason: 'cluster',
    message: 'By @octocat in #7.',
  })
  const summary = summaryOf(recordOf(SOME_EVENTS), outcome)
  expect(summary).toContain('&#64;octocat in &#35;7')
  expect(commentText(() => summary)).toContain('&#64;&#8203;octocat in &#35;&#8203;7')
})

test.each(['x', '@', '€'])(
  'a comment fits into the limit of GitHub, whatever the summary holds: %s',
  (character) => {
    const lines = Array.from({ length: 20 }, () => character.repeat(7000))
    const outcome = someOutcome({ ...FAILED, message: lines.join('\n'), checks: [] })
    const record = recordOf(SOME_EVENTS)
    const text = commentText((most) => summaryOf(record, outcome, most))
    expect(text.length).toBeLessThan(65_000)
    expect(text).toContain('## ')
    expect(text).toContain('The rest is too long to show here.')
    expect(text.trimEnd()).toMatch(/<\/sub>$/)
  },
)
