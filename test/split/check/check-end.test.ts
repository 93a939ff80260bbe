import { expect, test } from 'vitest'
import {
  type AttemptEnd,
  type CheckEnd,
  endAfter,
  endByCause,
} from '../../../src/split/check/check-end.ts'
import type { Cause } from '../../../src/split/diagnosis/diagnosis.ts'

const ENDS: readonly CheckEnd[] = [
  'pass',
  'off-target',
  'not-propagated',
  'no-reply',
  'limit-reached',
  'dependent',
]

const CAUSES: readonly Cause[] = [
  { kind: 'target' },
  { kind: 'target-or-previous' },
  { kind: 'previous' },
  { kind: 'partly-previous', part: { share: 0.5, low: 0.4, high: 0.6 } },
  { kind: 'object' },
  { kind: 'swapped', order: [1, 0], of: 'target' },
  { kind: 'one-destination', destination: 0 },
  { kind: 'other-weights' },
  { kind: 'unclear' },
  { kind: 'not-independent' },
  { kind: 'unanswered', destination: 1 },
  { kind: 'unrecognized' },
  { kind: 'gateway-refuses' },
  { kind: 'same-reply', destination: 1, like: 0 },
  { kind: 'client-limits' },
  { kind: 'nothing' },
]

test('no diagnosis makes a pass, and none takes one away', () => {
  for (const ended of [...ENDS, undefined])
    for (const cause of CAUSES) {
      const reason = endByCause(ended, cause)
      expect(reason === 'pass').toBe(ended === 'pass')
      if (ended !== 'off-target') expect(reason).toBe(ended)
    }
})

test.each(CAUSES)('a refuted target with the cause %j has the reason of that cause', (cause) => {
  const reasons: Partial<Record<Cause['kind'], CheckEnd>> = {
    previous: 'not-propagated',
    'one-destination': 'dependent',
    unanswered: 'no-reply',
    unrecognized: 'no-reply',
    'gateway-refuses': 'no-reply',
  }
  expect(endByCause('off-target', cause)).toBe(reasons[cause.kind] ?? 'off-target')
})

test('only the decision of an attempt passes or fails a check, and only a late one fails it by shares', () => {
  const end = (decision: AttemptEnd['decision'], place: AttemptEnd['place']) =>
    endAfter(
      { decision, place, dependent: false, stopped: false, superseded: false, health: 'all' },
      false,
    )
  expect(end('pass', 'early')).toBe('pass')
  expect(end('off-target', 'early')).toBeUndefined()
  expect(end('off-target', 'last')).toBe('off-target')
  expect(end(undefined, 'early')).toBeUndefined()
  expect(end(undefined, 'last')).toBe('limit-reached')
})

test('an attempt that meets a former configuration says nothing, unless the gateway had time to switch', () => {
  const end = (place: AttemptEnd['place']) =>
    endAfter(
      {
        decision: undefined,
        place,
        dependent: false,
        stopped: false,
        superseded: true,
        health: 'all',
      },
      false,
    )
  expect(end('early')).toBeUndefined()
  expect(end('last')).toBe('not-propagated')
})
