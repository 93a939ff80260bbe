import { describe, expect, test } from 'vitest'
import { recordOf, someCheck, someOutcome, somePlan } from '../../../kit/report/run.ts'
import { headlineOf } from '../../../src/report/facts/headline.ts'
import { nextText } from '../../../src/report/facts/next.ts'
import { summaryOf } from '../../../src/report/summary/summary.ts'
import type { RunEvent } from '../../../src/rollout/model/events.ts'

const STEPS = [
  { v1: 70, v2: 30 },
  { v1: 50, v2: 50 },
]
const plan = somePlan({
  present: { v1: 80, v2: 20 },
  added: undefined,
  weights: { v1: 50, v2: 50 },
  steps: STEPS,
  checks: [
    someCheck({ target: [0.7, 0.3], old: [0.8, 0.2], attempts: [] }),
    someCheck({ target: [0.5, 0.5], old: [0.7, 0.3], attempts: [] }),
  ],
})
const EVENTS: RunEvent[] = [
  { kind: 'manifest', objectKind: 'VirtualService', path: 'vs.yaml', object: 'demo/tcp-echo' },
  { kind: 'planned', plan },
]
const ended = {
  verdict: 'planned',
  checks: [],
  previousWeights: { v1: 80, v2: 20 },
  weights: { v1: 70, v2: 30 },
} as const
const edited = someOutcome({ ...ended, reason: 'edited' })
const planned = someOutcome({ ...ended, reason: 'planned', weights: ended.previousWeights })

describe('a run on a file with several steps', () => {
  test('says what the file has after the first step, and what is to come', () => {
    const record = recordOf(EVENTS)
    expect(headlineOf(record, edited)).toBe(
      'demo/tcp-echo: the file has v2 at 30% (was 20%), step 1 of 2 to 50%. No cluster was changed.',
    )
    expect(nextText(record, edited)).toBe(
      'Let your delivery tool apply the file. Then confirm v1 70%, v2 30% with mode: verify and weights: current. This was step 1 of 2. To get to v1 50%, v2 50%, run it again after each step.',
    )
    const summary = summaryOf(record, edited)
    expect(summary).toContain('\n\nBefore: v1 80%, v2 20%\n\n')
    expect(summary).not.toContain('Now:')
  })

  test('plans the first step, and says how many runs the weight takes', () => {
    const record = recordOf(EVENTS)
    expect(headlineOf(record, planned)).toMatch(
      /^demo\/tcp-echo: v2 would go from 20% to 30%, step 1 of 2 to 50%\./,
    )
    expect(nextText(record, planned)).toBe(
      'To apply this plan, run it again with mode: shift. Each run writes one step to the file, so v1 50%, v2 50% takes 2 runs.',
    )
  })

  test('names all weights where it is about more than one destination', () => {
    const record = recordOf([
      EVENTS[0] as RunEvent,
      { kind: 'planned', plan: { ...plan, shifted: undefined } },
    ])
    expect(headlineOf(record, edited)).toContain(
      'the file has v1 70%, v2 30%, step 1 of 2 to v1 50%, v2 50%.',
    )
  })
})

test('a run on a file whose time is up says that nothing was written', () => {
  const late = someOutcome({
    verdict: 'inconclusive',
    reason: 'limit-reached',
    message: 'vs.yaml: The file was not edited within timeout.',
    checks: [],
    weights: undefined,
    untouched: { object: undefined },
  })
  expect(headlineOf(recordOf(EVENTS), late)).toBe(
    'demo/tcp-echo: the file was not edited in time. Nothing was written.',
  )
})
