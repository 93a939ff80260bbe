import { expect, test } from 'vitest'
import {
  recordOf,
  STARTED,
  someCheck,
  someDiagnosis,
  someOutcome,
  somePlan,
} from '../../kit/report/run.ts'
import { whatHappened } from '../../src/report/what-happened.ts'
import type { RunEvent } from '../../src/rollout/model/events.ts'
import type { Outcome } from '../../src/rollout/model/outcome.ts'

const PLANNED: RunEvent = { kind: 'planned', plan: somePlan() }
const OLD = { v1: 100, v2: 0 }

function written(v2: number, number: number): RunEvent {
  return { kind: 'written', weights: { v1: 100 - v2, v2 }, number, of: 2, tookMs: 1 }
}

function said(events: readonly RunEvent[], changes: Partial<Outcome> = {}): string[] {
  const checks = [someCheck({ propagationMs: undefined })]
  return whatHappened(recordOf(events), someOutcome({ checks, ...changes }))
}

test('every write is told, with its time and the destination that it added', () => {
  expect(said([STARTED, PLANNED, written(10, 1), written(20, 2)])).toEqual([
    'Written: v1 90%, v2 10% (at 3 ms), then v1 80%, v2 20% (at 4 ms), with v2 added to the entry.',
  ])
})

test('a run that wrote nothing tells of no write', () => {
  expect(said([STARTED, PLANNED])).toEqual([])
})

test('the time until the gateway switched is told', () => {
  expect(said([], { checks: [someCheck()] })).toEqual([
    'The gateway switched 131 ms after the last write.',
  ])
})

test('the way back is told with its reason, and whether the gateway was seen to follow', () => {
  const bad = { verdict: 'fail', reason: 'no-reply', rolledBack: true } as const
  const back: RunEvent = { kind: 'restored', weights: OLD, sinceFirstWriteMs: 1 }
  expect(said([back, { kind: 'restore-checked', check: someCheck() }], bad)).toEqual([
    'Restored at 1 ms: v1 100%, v2 0%, because the run ended with fail (no-reply). The gateway uses them.',
  ])
  const seen = (kind: 'target' | 'previous') => {
    const check = someCheck({ ended: undefined, diagnosis: someDiagnosis({ kind }) })
    return said([back, { kind: 'restore-checked', check }], bad)[0]
  }
  expect(seen('target')).toContain("The gateway's split fits them, but does not confirm them.")
  expect(seen('previous')).toContain('The gateway does not use them.')
  expect(said([back], bad)[0]).toContain('Whether the gateway uses them was not checked.')
  expect(said([back], { ...bad, rolledBack: false })).toEqual([])
})
