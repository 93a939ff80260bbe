import { describe, expect, test } from 'vitest'
import { loggedAt } from '../../../kit/report/logged.ts'
import { STARTED, someOutcome, somePlan } from '../../../kit/report/run.ts'
import type { LogLine } from '../../../src/report/log/log-line.ts'
import type { RunEvent } from '../../../src/rollout/model/events.ts'
import type { Outcome } from '../../../src/rollout/model/outcome.ts'

describe('the last line', () => {
  const closing = (changes: Partial<Outcome>, ...before: RunEvent[]): LogLine | undefined => {
    const log = loggedAt()
    const finished: RunEvent = { kind: 'finished', outcome: someOutcome(changes) }
    return [STARTED, ...before, finished].flatMap((event) => log.at(0, event)).at(-1)
  }

  test('of a pass is a notice that begins with what became of the run, then production', () => {
    expect(closing({}, { kind: 'planned', plan: somePlan() })).toEqual({
      level: 'notice',
      title: 'Traffic shift: pass (within-tolerance)',
      tone: 'good',
      isClosing: true,
      text: [
        'demo/tcp-echo: v2 is at 20% (was 0%).',
        'Production now: v1 80%, v2 20%, confirmed (410 connections).',
        'Why: Observed v2 at 19% in 410 connections. 20% ± 5 is confirmed at 99% confidence.',
        'Verdict: pass, reason within-tolerance, exit status 0, at 11:02:00 UTC.',
      ].join('\n'),
    })
  })

  test('of a failure is an error with why, what to do next and where that is explained', () => {
    const failed = {
      verdict: 'error',
      reason: 'preflight',
      code: 'ITS-NO-READY-ENDPOINTS',
      message: 'It is not ready.',
      remedy: 'Do it',
      checks: [],
      weights: { v1: 100, v2: 0 },
      untouched: { object: 'demo/tcp-echo' },
    } as const
    expect(closing(failed)).toEqual({
      level: 'error',
      title: 'Traffic shift: error (preflight)',
      tone: 'bad',
      isClosing: true,
      text: [
        'demo/tcp-echo: a preflight check failed. Nothing was written.',
        'Production now: v1 100%, v2 0%, unchanged.',
        'Why: It is not ready.',
        'Next: Do it',
        'More: docs/errors.md#its-no-ready-endpoints [ITS-NO-READY-ENDPOINTS]',
        'Verdict: error, reason preflight, exit status 4, at 11:02:00 UTC.',
      ].join('\n'),
    })
  })

  test('says once that nothing was written, also where the message says so', () => {
    const { text = '' } =
      closing({
        verdict: 'error',
        reason: 'locked',
        message: 'Another run is at work. Nothing was written.',
        untouched: { object: 'demo/tcp-echo' },
      }) ?? {}
    expect(text.match(/Nothing was written/g)).toHaveLength(1)
  })

  test('says where the weights in force are not known', () => {
    const { text = '' } = closing({ verdict: 'fail', reason: 'no-reply', weights: undefined }) ?? {}
    expect(text.split('\n').slice(0, 2)).toEqual([
      'demo/tcp-echo: connections get no recognized reply. Which weights are in force is not known.',
      'Which weights are in force in production is not known. Before the run: v1 100%, v2 0%.',
    ])
  })

  test.each<[Outcome['verdict'], Outcome['reason'], LogLine['level']]>([
    ['planned', 'planned', 'info'],
    ['idle', 'no-journal', 'info'],
    ['in-progress', 'journal', 'info'],
    ['restored', 'restored', 'notice'],
    ['inconclusive', 'dependent', 'error'],
  ])('of %s, %s has the level %s', (verdict, reason, level) => {
    expect(closing({ verdict, reason })?.level).toBe(level)
  })
})
