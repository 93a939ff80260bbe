import { expect, test } from 'vitest'
import { recordOf, STARTED, someCheck, someOutcome, somePlan } from '../../kit/report/run.ts'
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

test('every write has its time, and the destination that it added', () => {
  expect(said([STARTED, PLANNED, written(10, 1), written(20, 2)])).toEqual([
    'Written: v1 90%, v2 10% at 11:02:00 UTC, then v1 80%, v2 20% at 11:02:00 UTC. v2 was added to the rule.',
  ])
})

test('a run that wrote nothing has nothing to say', () => {
  expect(said([STARTED, PLANNED])).toEqual([])
})

test('the time until the weights took effect is named', () => {
  expect(said([], { checks: [someCheck()] })).toEqual([
    'The weights took effect 131 ms after the last write.',
  ])
})

test('a restore has its time and its reason', () => {
  const bad = { verdict: 'fail', reason: 'no-reply', rolledBack: true } as const
  const back: RunEvent = { kind: 'restored', weights: OLD, sinceFirstWriteMs: 1, isChecked: true }
  expect(said([back], bad)).toEqual([
    'Restored: v1 100%, v2 0% at 11:02:00 UTC, because the run ended with fail (no-reply).',
  ])
  expect(said([back], { ...bad, rolledBack: false })).toEqual([])
})
