import { describe, expect, test } from 'vitest'
import { someWatch } from '../../../kit/report/health.ts'
import {
  recordOf,
  STARTED,
  someCheck,
  someDiagnosis,
  someOutcome,
  somePlan,
} from '../../../kit/report/run.ts'
import { productionOf } from '../../../src/report/facts/production.ts'
import type { RunEvent } from '../../../src/rollout/model/events.ts'
import type { Outcome } from '../../../src/rollout/model/outcome.ts'

const WRITTEN: RunEvent = {
  kind: 'written',
  weights: { v1: 80, v2: 20 },
  number: 1,
  of: 1,
  tookMs: 1,
}
const RUN: RunEvent[] = [STARTED, { kind: 'planned', plan: somePlan() }, WRITTEN]
const RESTORING: RunEvent = { kind: 'restoring', weights: { v1: 100, v2: 0 } }
const NOT_PROPAGATED = someCheck({
  ended: 'not-propagated',
  diagnosis: someDiagnosis({ kind: 'previous' }),
})

function production(changes: Partial<Outcome>, events: readonly RunEvent[] = RUN) {
  return productionOf(recordOf(events), someOutcome(changes))
}

describe('what is true of production', () => {
  test('after a change by another client does not claim this run’s weight for now', () => {
    const ended = { verdict: 'error', reason: 'changed-by-other' } as const
    const weights = { v1: 33, v2: 67 }
    expect(production({ ...ended, weights }, [...RUN, RESTORING]).text).toBe(
      'Production now: v1 33%, v2 67%, not confirmed. This run wrote v2 20% at 11:02:00 UTC. By 11:02:00 UTC, another client had changed it.',
    )
    expect(production({ ...ended, weights: { v1: 80, v2: 20 } }).text).toBe(
      'Production now: v1 80%, v2 20%, not confirmed.',
    )
  })

  test('after on-failure: keep says that the gateway does not use the weights on the object', () => {
    const ended = { verdict: 'fail', reason: 'not-propagated' } as const
    expect(production({ ...ended, checks: [NOT_PROPAGATED] })).toEqual({
      tone: 'bad',
      text: 'Production now: v1 80%, v2 20% on the object. The gateway does not use them. v2 has had 20% on the object since 11:02:00 UTC.',
    })
  })

  test('of a confirmed split whose metrics are out of bounds says that it is confirmed', () => {
    const ended = {
      verdict: 'fail',
      reason: 'unhealthy',
      untouched: { object: 'demo/web' },
    } as const
    const read: RunEvent[] = [STARTED, { kind: 'planned', plan: somePlan() }]
    expect(production({ ...ended, checks: [someCheck({ ended: 'pass' })] }, read).text).toMatch(
      /^Production now: v1 80%, v2 20%, unchanged\. The split is confirmed \([\d,]+ connections\)\.$/,
    )
  })

  test('of weights that stay after an alarm of their watch says that they were confirmed', () => {
    const diagnosis = someDiagnosis({ kind: 'more-errors', destination: 1 })
    const check = someCheck({ ended: 'unhealthy', watch: someWatch({ ended: 'alarm' }), diagnosis })
    expect(production({ verdict: 'fail', reason: 'unhealthy', checks: [check] }).text).toMatch(
      /^Production now: v1 80%, v2 20%, confirmed \([\d,]+ connections\) before errors ended the run\./,
    )
  })

  test('of weights whose check was cut short says nothing of the gateway by the check before', () => {
    const ended = { verdict: 'error', reason: 'cancelled' } as const
    const confirmed = someCheck({ target: [0.9, 0.1] })
    expect(production({ ...ended, checks: [confirmed] }).text).toBe(
      'Production now: v1 80%, v2 20%, not confirmed. v2 has had 20% on the object since 11:02:00 UTC.',
    )
  })

  test('of restored weights says how long the others were on the object', () => {
    const restored: RunEvent = {
      kind: 'restored',
      weights: { v1: 100 },
      sinceFirstWriteMs: 3,
      isChecked: true,
    }
    const ended = { verdict: 'fail', reason: 'off-target', rolledBack: true } as const
    expect(production(ended, [...RUN, RESTORING, restored]).text).toContain(
      ' v2 had 20% on the object for 2 ms, 11:02:00 to 11:02:00 UTC.',
    )
  })

  test('after a restore of weights that the gateway never left warns of a late push', () => {
    const ended = { verdict: 'fail', reason: 'not-propagated', rolledBack: true } as const
    const checked: RunEvent = { kind: 'restore-checked', check: someCheck({ target: [1, 0] }) }
    const weights = { v1: 100, v2: 0 }
    const one = production({ ...ended, weights, checks: [NOT_PROPAGATED] }, [...RUN, checked])
    expect(one.tone).toBe('warning')
    expect(one.text).toContain(
      "confirmed (410 connections). The gateway still uses them. It never used this run's weights, so a late configuration push may still apply them for a moment.",
    )
    const ramp = [someCheck(), NOT_PROPAGATED]
    expect(production({ ...ended, weights, checks: ramp }, [...RUN, checked]).text).not.toContain(
      'late configuration push',
    )
  })

  test('of restored weights that the gateway does not use says what it gives instead', () => {
    const check = someCheck({
      target: [1, 0],
      ended: 'off-target',
      diagnosis: someDiagnosis({ kind: 'previous' }),
    })
    const ended = { verdict: 'fail', reason: 'off-target', rolledBack: true } as const
    const checked: RunEvent = { kind: 'restore-checked', check }
    expect(production(ended, [...RUN, checked]).text).toContain(
      'restored. The gateway does not use them. Observed v1 81%, v2 19% of 400 connections.',
    )
  })

  test('of a plan while another run is in progress is not said to be unchanged', () => {
    const locked: RunEvent = {
      kind: 'finding',
      finding: {
        severity: 'warning',
        code: 'ITS-LOCKED',
        reason: 'locked',
        what: 'Another run is in progress.',
        remedy: '',
      },
    }
    const ended = { verdict: 'planned', reason: 'planned', checks: [] } as const
    const record = recordOf([STARTED, locked])
    const plan = {
      ...record,
      options: record.options && { ...record.options, mode: 'plan' as const },
    }
    expect(productionOf(plan, someOutcome(ended))).toEqual({
      tone: 'warning',
      text: 'Production now: v1 80%, v2 20%. Another client may be changing the weights.',
    })
  })
})
