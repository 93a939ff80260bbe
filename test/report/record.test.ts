import { describe, expect, test } from 'vitest'
import {
  recordOf,
  SOME_CALL,
  SOME_EVENTS,
  someAttempt,
  someCheck,
  somePlan,
} from '../../kit/report/run.ts'
import type { RunEvent } from '../../src/rollout/model/events.ts'

describe('the record of a run', () => {
  test('keeps what the summary and the report need, warnings but not errors', () => {
    const record = recordOf(SOME_EVENTS)
    expect(record).toMatchObject({
      server: 'https://mesh.example:6443',
      context: 'prod',
      object: 'demo/tcp-echo',
      plan: somePlan(),
      endpoint: 'gw port 31400, so',
      findings: [{ what: 'odd', remedy: 'Do this' }],
      tookMs: 8,
    })
  })

  test('times calls since the run began', () => {
    expect(recordOf(SOME_EVENTS).apiCalls).toEqual([{ ...SOME_CALL, startedMs: 5003.456 - 5000 }])
  })

  test('has every event but progress and calls in its timeline', () => {
    expect(recordOf(SOME_EVENTS).timeline).toEqual([
      { atMs: 1, event: 'started' },
      { atMs: 3, event: 'planned' },
      { atMs: 4, event: 'finding' },
      { atMs: 5, event: 'finding' },
      { atMs: 6, event: 'endpoint' },
      { atMs: 8, event: 'finished' },
    ])
  })

  test('counts all samples: before the write, between it and the first attempt, and of each attempt', () => {
    const tried: RunEvent = {
      kind: 'preflight-replies',
      samples: 7,
      byDestination: { v1: 7 },
      unclassified: 0,
    }
    const ended: RunEvent = {
      kind: 'attempt-ended',
      check: someCheck(),
      ended: someAttempt({ samples: 400 }),
      again: true,
    }
    const watched: RunEvent = { kind: 'awaited-switch', samples: 90 }
    expect(recordOf([tried, watched, ended, ended]).samples).toBe(7 + 90 + 2 * 400)
  })

  test('keeps the check of the restored weights', () => {
    const check = someCheck({ target: [1, 0] })
    expect(recordOf([{ kind: 'restore-checked', check }]).restoreCheck).toBe(check)
  })
})
