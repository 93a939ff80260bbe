import { describe, expect, test } from 'vitest'
import { someCheck } from '../../../kit/report/run.ts'
import { countedAdvice, countedText } from '../../../src/rollout/diagnosis/counted-words.ts'
import { evidenceOf } from '../../../src/rollout/diagnosis/evidence-of.ts'
import type { Subject } from '../../../src/rollout/diagnosis/subject.ts'
import { countedSamplesText } from '../../../src/rollout/model/percents.ts'
import { diagnose } from '../../../src/split/diagnosis/diagnose.ts'
import type { Cause, Diagnosis } from '../../../src/split/diagnosis/diagnosis.ts'
import { COMMANDS } from './support/commands.ts'

const SUBJECT = {
  names: ['v1', 'v2'],
  unit: 'connection',
  counted: 'users',
  target: [0.8, 0.2],
  commands: COMMANDS,
} as const satisfies Partial<Subject>

function text(cause: Cause, counts: readonly number[]): string | undefined {
  const seen = { counts, unclassified: 0 }
  const diagnosis: Diagnosis = {
    ended: 'off-target',
    cause,
    others: [],
    seen,
    attemptsBefore: 0,
    clientLimits: 0,
  }
  return countedText(diagnosis, SUBJECT)
}

describe('what counters of proxies show', () => {
  test('is not what one runner sees', () => {
    expect(text({ kind: 'one-destination', destination: 0 }, [1204, 0])).toBe(
      'All 1,204 connections went to v1, although v1 and v2 both have weight. The proxies do not split by v1 80%, v2 20%.',
    )
    expect(text({ kind: 'not-independent' }, [60, 40])).toBe(
      'The counts of the proxies vary more than those of independent connections, so the split cannot be judged. Observed v1 60%, v2 40% of 100 connections.',
    )
    expect(text({ kind: 'nothing' }, [0, 0])).toBe(
      'Time ran out before the proxies counted a connection. Nothing is known about the split.',
    )
  })

  test('leads to what counts differently, and not to the runner', () => {
    for (const kind of ['not-independent', 'other-weights', 'one-destination'] as const)
      expect(countedAdvice(kind, SUBJECT)).not.toMatch(/runner|probe|reply that/)
    expect(countedAdvice('not-independent', SUBJECT)).toContain('\n  DESTINATIONRULES')
  })

  test('is whose connections they are', () => {
    const of = (counted?: 'own' | 'users') => countedSamplesText(775, { unit: 'request', counted })
    expect(of()).toBe('775 requests')
    expect(of('users')).toBe('775 requests of users')
    expect(of('own')).toBe('775 requests, those of users included')
  })
})

test('counters take no destination for another, so that expectations cannot be swapped', () => {
  const check = someCheck({
    ended: 'off-target',
    target: [0.8, 0.2],
    old: [1, 0],
    leftOut: { counts: [400, 1600], unclassified: 0 },
    attempts: [],
    attemptsLeftOut: 1,
  })
  const order = { alpha: 0.01, present: [1, 0], before: undefined }
  expect(diagnose(evidenceOf({ ...order, check })).others.length).toBeGreaterThan(0)
  const counted = diagnose(evidenceOf({ ...order, check: { ...check, counted: 'own' } }))
  expect(counted).toMatchObject({ cause: { kind: 'other-weights' }, others: [] })
})
