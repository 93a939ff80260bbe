import { describe, expect, test } from 'vitest'
import { STALE_PROXIES, someDrain, someProxies, someProxy } from '../../kit/report/proxies.ts'
import { someAttempt, someCheck, someOutcome } from '../../kit/report/run.ts'
import { OUTPUTS, outputsOf } from '../../src/report/outputs.ts'
import type { Outcome } from '../../src/rollout/model/outcome.ts'
import { exitStatus, failsStep } from '../../src/rollout/model/outcome.ts'

// What users build on: a name that goes missing here breaks their workflows.
const NAMES = [
  'verdict',
  'reason',
  'previous-weights',
  'weights',
  'observed',
  'interval',
  'connections',
  'unclassified',
  'errors',
  'latency',
  'propagation-ms',
  'proxies',
  'in-progress',
  'drained',
  'rolled-back',
  'report',
  'html-report',
]

describe('the outputs', () => {
  test('have the names that users build on', () => {
    expect(Object.keys(OUTPUTS)).toEqual(NAMES)
    expect(Object.keys(outputsOf(someOutcome(), undefined))).toEqual(NAMES)
  })

  test('are texts, those with several figures JSON by destination', () => {
    expect(
      outputsOf(someOutcome(), { json: '/tmp/r/report.json', html: '/tmp/r/report.html' }),
    ).toEqual({
      verdict: 'pass',
      reason: 'within-tolerance',
      'previous-weights': '{"v1":100,"v2":0}',
      weights: '{"v1":80,"v2":20}',
      observed: '{"v1":80.75,"v2":19.25}',
      interval: '{"v1":[75.12,86],"v2":[14,24.88]}',
      connections: '410',
      unclassified: '10',
      errors: '',
      latency: '{"v1":{"p50":3.2,"p90":5,"p99":5},"v2":{"p50":4,"p90":4,"p99":4}}',
      'propagation-ms': '131',
      proxies: '',
      'in-progress': '',
      drained: '',
      'rolled-back': 'false',
      report: '/tmp/r/report.json',
      'html-report': '/tmp/r/report.html',
    })
  })

  test('about proxies say how many have the weights, and what they have in progress', () => {
    const checks = [someCheck({ proxies: STALE_PROXIES })]
    expect(outputsOf(someOutcome({ checks, drain: someDrain() }), undefined)).toMatchObject({
      proxies: '{"confirmed":2,"total":3}',
      'in-progress': '{"v1":0,"v2":12}',
      drained: 'true',
    })
    const busy = someDrain({ ended: 'in-progress', inProgress: [3, 12] })
    expect(outputsOf(someOutcome({ checks, drain: busy }), undefined)).toMatchObject({
      'in-progress': '{"v1":3,"v2":12}',
      drained: 'false',
    })
  })

  test('about proxies are empty where the run ended before it had read one', () => {
    const unread = someProxies([someProxy('n/a', { state: 'unread' })], { status: 'waiting' })
    const checks = [someCheck({ proxies: unread })]
    expect(outputsOf(someOutcome({ checks }), undefined).proxies).toBe('')
  })

  test('about proxies are empty where not all of them could be read, or none was found', () => {
    const unknown = someDrain({ ended: 'unknown', proxies: { read: 1, total: 2 } })
    const checks = [someCheck({ proxies: someProxies([], { status: 'guarded' }) })]
    expect(outputsOf(someOutcome({ checks, drain: unknown }), undefined)).toMatchObject({
      proxies: '',
      'in-progress': '',
      drained: '',
    })
  })

  test('that are not known are empty', () => {
    const nothing = someOutcome({
      verdict: 'error',
      reason: 'input',
      previousWeights: undefined,
      weights: undefined,
      checks: [],
    })
    expect(outputsOf(nothing, undefined)).toEqual({
      verdict: 'error',
      reason: 'input',
      'previous-weights': '',
      weights: '',
      observed: '',
      interval: '',
      connections: '',
      unclassified: '',
      errors: '',
      latency: '',
      'propagation-ms': '',
      proxies: '',
      'in-progress': '',
      drained: '',
      'rolled-back': 'false',
      report: '',
      'html-report': '',
    })
  })

  test('of a check that was cut short before its first attempt are empty too', () => {
    const outputs = outputsOf(
      someOutcome({ checks: [someCheck(), someCheck({ attempts: [], propagationMs: undefined })] }),
      undefined,
    )
    expect(outputs).toMatchObject({
      observed: '',
      interval: '',
      connections: '',
      unclassified: '',
      errors: '',
      'propagation-ms': '',
    })
  })

  test('are of the last attempt of the last check', () => {
    const last = someAttempt({ samples: 50, unclassified: 0, counts: [25, 25] })
    const checks = [someCheck(), someCheck({ attempts: [someAttempt(), last], propagationMs: 0 })]
    expect(outputsOf(someOutcome({ checks }), undefined)).toMatchObject({
      observed: '{"v1":50,"v2":50}',
      connections: '50',
      unclassified: '0',
      'propagation-ms': '0',
    })
  })

  test('say that the weights were restored', () => {
    expect(outputsOf(someOutcome({ rolledBack: true }), undefined)['rolled-back']).toBe('true')
  })

  test('are one line each, whatever destinations are called', () => {
    const weights = { 'a\n::error::"b': 50, 'tcp-echo:9000': 50 }
    const { weights: text } = outputsOf(someOutcome({ weights }), undefined)
    expect(text).not.toContain('\n')
    expect(JSON.parse(text)).toEqual(weights)
  })
})

test.each<[Outcome['verdict'], Outcome['reason'], number]>([
  ['pass', 'within-tolerance', 0],
  ['pass', 'unchanged', 0],
  ['planned', 'planned', 0],
  ['planned', 'unchanged', 0],
  ['fail', 'off-target', 1],
  ['fail', 'not-propagated', 1],
  ['fail', 'no-reply', 1],
  ['inconclusive', 'limit-reached', 3],
  ['inconclusive', 'dependent', 3],
  ['restored', 'restored', 0],
  ['restored', 'nothing-to-restore', 0],
  ['idle', 'no-journal', 0],
  ['in-progress', 'journal', 5],
  ['error', 'input', 2],
  ['error', 'preflight', 4],
  ['error', 'access', 4],
  ['error', 'cluster', 4],
  ['error', 'locked', 4],
  ['error', 'changed-by-other', 4],
  ['error', 'rollback-failed', 4],
  ['error', 'cancelled', 130],
])('%s, %s ends the command line with status %i', (verdict, reason, status) => {
  expect(exitStatus({ verdict, reason })).toBe(status)
})

test.each<[Outcome['verdict'], Outcome['reason'], boolean]>([
  ['in-progress', 'journal', false],
  ['idle', 'no-journal', false],
  ['restored', 'restored', false],
  ['error', 'changed-by-other', true],
])('a step of the action with %s, %s fails: %s', (verdict, reason, fails) => {
  expect(failsStep({ verdict, reason })).toBe(fails)
})
