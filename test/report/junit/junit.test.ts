import { describe, expect, test } from 'vitest'
import { healthyCheck, MAX_ERRORS, someMetric, someState } from '../../../kit/report/health.ts'
import { readJunit } from '../../../kit/report/junit.ts'
import {
  HOSTILE,
  recordOf,
  SOME_EVENTS,
  STARTED,
  someCheck,
  someOutcome,
  somePlan,
} from '../../../kit/report/run.ts'
import { junitOf } from '../../../src/report/junit/junit.ts'
import type { RunEvent } from '../../../src/rollout/model/events.ts'
import type { Outcome } from '../../../src/rollout/model/outcome.ts'

/** The suite of a run. */
function suiteOf(changes: Partial<Outcome> = {}, events: readonly RunEvent[] = SOME_EVENTS) {
  return readJunit(junitOf(recordOf(events), someOutcome(changes), (text) => text))
}

/** Each test by its name, with how it ended. */
function resultsOf(suite: ReturnType<typeof suiteOf>) {
  return suite.children
    .filter(({ name }) => name === 'testcase')
    .map(({ attributes, children: [result] }) => [attributes.name, result?.name ?? 'passed'])
}

const FAILED = {
  verdict: 'fail',
  reason: 'off-target',
  code: 'ITS-OFF-TARGET',
  message: 'v2 got 40%.',
  remedy: 'Look.',
} as const

describe('the JUnit file of a run', () => {
  test('has one suite that is named after the object, with the weights and the verdict as properties', () => {
    const suite = suiteOf()
    expect(suite.attributes).toEqual({
      name: 'VirtualService demo/tcp-echo',
      tests: '2',
      failures: '0',
      errors: '0',
      skipped: '0',
      time: '0.008',
      timestamp: '2026-11-26T11:02:00',
    })
    const [properties] = suite.children
    const given = properties?.children.map(({ attributes }) => [attributes.name, attributes.value])
    expect(Object.fromEntries(given ?? [])).toEqual({
      verdict: 'pass',
      reason: 'within-tolerance',
      'previous-weights': 'v1 100%, v2 0%',
      weights: 'v1 80%, v2 20%',
      rule: 'tcp:31400',
      version: '1.2.3',
      run: 'https://ci.example/run/7',
    })
    expect(resultsOf(suite)).toEqual([
      ['Preflight checks', 'passed'],
      ['Split: v1 80%, v2 20%', 'passed'],
    ])
  })

  test('has a test for each step: those that passed, the one that failed with its text, and those that the run did not reach', () => {
    const checks = [
      someCheck(),
      someCheck({ target: [0.5, 0.5], ended: 'off-target' }),
      someCheck({ target: [0, 1], ended: undefined }),
    ]
    const events: RunEvent[] = [STARTED, { kind: 'planned', plan: somePlan({ checks }) }]
    const ended = { ...FAILED, checks: checks.slice(0, 2), rolledBack: true }
    const suite = suiteOf({ ...ended }, events)
    expect(resultsOf(suite)).toEqual([
      ['Preflight checks', 'passed'],
      ['Step 1 of 3: v1 80%, v2 20%', 'passed'],
      ['Step 2 of 3: v1 50%, v2 50%', 'failure'],
      ['Step 3 of 3: v1 0%, v2 100%', 'skipped'],
      ['Rollback: v1 100%, v2 0%', 'passed'],
    ])
    const failure = suite.children[3]?.children[0]
    expect(failure?.attributes.type).toBe('off-target')
    expect(failure?.text).toBe('v2 got 40%. [ITS-OFF-TARGET]\nLook.')
    expect(suite.attributes).toMatchObject({ tests: '5', failures: '1', skipped: '1' })
  })

  test('names health as what failed, not the split, where a destination is unhealthy', () => {
    const check = someCheck({ ...healthyCheck(someState(MAX_ERRORS)), ended: 'unhealthy' })
    const suite = suiteOf({ ...FAILED, reason: 'unhealthy', checks: [check] })
    expect(resultsOf(suite)).toEqual([
      ['Preflight checks', 'passed'],
      ['Split: v1 80%, v2 20%', 'skipped'],
      ['Split: v1 80%, v2 20%: health', 'failure'],
    ])
  })

  test('has a test for each metric, by its last answer', () => {
    const check = someCheck({
      metrics: [
        someMetric({ name: 'errors', destination: 1 }),
        someMetric({ name: 'latency', destination: undefined }),
        someMetric({
          name: 'errors',
          destination: 1,
          found: { kind: 'out-of-bounds', value: 0.5 },
        }),
      ],
    })
    const suite = suiteOf({ ...FAILED, reason: 'unhealthy', checks: [check] })
    expect(resultsOf(suite)).toEqual([
      ['Preflight checks', 'passed'],
      ['Split: v1 80%, v2 20%', 'passed'],
      ['Split: v1 80%, v2 20%: metric errors of v2', 'failure'],
      ['Split: v1 80%, v2 20%: metric latency', 'passed'],
    ])
  })

  test('has an error, not a failure, where a run could not find out', () => {
    const ended = { verdict: 'error', message: 'No.', code: 'ITS-FORBIDDEN', checks: [] } as const
    const suite = suiteOf({ ...ended, reason: 'access' }, [STARTED])
    expect(resultsOf(suite)).toEqual([['Preflight checks', 'error']])
    expect(suite.attributes).toMatchObject({ errors: '1', failures: '0' })
  })

  test('has an error for a rollback that failed, and for a run that passed and could not end', () => {
    const failed = { ...FAILED, verdict: 'error', reason: 'rollback-failed' } as const
    const check = someCheck({ ended: 'off-target' })
    expect(resultsOf(suiteOf({ ...failed, checks: [check] })).at(-1)).toEqual([
      'Rollback: v1 100%, v2 0%',
      'error',
    ])
    const ended = { ...FAILED, verdict: 'error', reason: 'changed-by-other' } as const
    expect(resultsOf(suiteOf(ended)).at(-1)).toEqual(['End of the run', 'error'])
  })

  test('is well-formed whatever the texts hold, and keeps them readable', () => {
    const hostile = [...HOSTILE, ']]>', '\u0000\ufffe\ud800', '"\'&<>'].join('\n')
    const suite = suiteOf({ ...FAILED, message: hostile, checks: [] }, [STARTED])
    const text = suite.children[1]?.children[0]?.text
    expect(text).toContain('<script>alert(1)</script>')
    expect(text).toContain(']]>')
    expect(text).toContain('\\u001b[2J')
    expect(text).toContain('\\u0000\\ufffe\\ud800')
  })

  test('has no secret, also where XML writes it in another way', () => {
    const redact = (text: string) => text.replaceAll('a&b<c', '***')
    const outcome = someOutcome({ ...FAILED, message: 'The token is a&b<c.', checks: [] })
    const text = junitOf(recordOf([STARTED]), outcome, redact)
    expect(readJunit(text).children[1]?.children[0]?.text).toContain('The token is ***.')
  })
})
