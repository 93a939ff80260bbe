import { describe, expect, test } from 'vitest'
import { freshnessOf } from '../../src/journal/restore/freshness.ts'
import {
  Held,
  isConflict,
  isRefusal,
  refusalClock,
} from '../../src/journal/restore/restore-error.ts'
import { ApiError } from '../../src/kube/api-error.ts'
import type { Attempt, Check } from '../../src/rollout/model/check.ts'
import { evidenceOf, withCheck } from '../../src/rollout/rollback/latest-replies.ts'
import { serving } from '../../src/rollout/rollback/serving.ts'
import { parseRouteObject, type RouteObject } from '../../src/routes/route-object.ts'
import type { Endpoints } from '../../src/workloads/ready-endpoints.ts'

function version(resourceVersion: string, generation?: number, uid = 'u'): RouteObject {
  const counted = generation === undefined ? {} : { generation }
  const metadata = { namespace: 'demo', name: 'tcp-echo', uid, resourceVersion, ...counted }
  const parsed = parseRouteObject({ kind: 'VirtualService', metadata, spec: {} })
  if (!parsed) throw new Error('no object')
  return parsed
}

function answer(status: number | undefined, message = 'no'): ApiError {
  return status === undefined
    ? new ApiError('GET', message)
    : new ApiError('GET', message, { status, reason: '', body: null, retryAfterMs: undefined })
}

describe('a version of an object', () => {
  test('is old where its generation is below the highest that is known', () => {
    const fresh = freshnessOf('u', 3)
    expect([2, 3, 4].map((generation) => fresh.isOld(version('1', generation)))).toEqual([
      true,
      false,
      false,
    ])
  })

  test('is old where a later one was seen, though the generation is the same', () => {
    const fresh = freshnessOf('u', 3)
    fresh.note(version('10', 3))
    fresh.note(version('12', 3))
    expect(fresh.isOld(version('10', 3))).toBe(true)
    expect(fresh.isOld(version('12', 3))).toBe(false)
    expect(fresh.isOld(version('11', 3))).toBe(false)
  })

  test('is not old where it counts no generations, or is of another object', () => {
    const fresh = freshnessOf('u', 3)
    expect(fresh.isOld(version('1'))).toBe(false)
    expect(fresh.isOld(version('1', 1, 'other'))).toBe(false)
  })

  test('is doubtful from a conflict until it is seen again', () => {
    const fresh = freshnessOf('u', 3)
    fresh.doubt('10')
    expect(fresh.isDoubtful(version('10', 3))).toBe(true)
    fresh.note(version('10', 3))
    expect(fresh.isDoubtful(version('10', 3))).toBe(false)
  })
})

describe('an answer to a restore', () => {
  test.each([
    [400, true],
    [401, true],
    [403, true],
    [404, false],
    [408, false],
    [409, false],
    [413, true],
    [422, true],
    [425, false],
    [429, false],
    [500, false],
    [503, false],
    [undefined, false],
  ])('of status %s is a refusal: %s', (status, expected) => {
    expect(isRefusal(answer(status))).toBe(expected)
  })

  test('by a webhook that calls it a conflict is a refusal and no conflict', () => {
    const denied = answer(409, 'admission webhook "a.b" denied the request: no')
    expect([isConflict(denied), isRefusal(denied)]).toEqual([false, true])
    expect([isConflict(answer(409)), isRefusal(answer(409))]).toEqual([true, false])
  })

  test('that refuses is given up when refusals have lasted a minute; others are not', () => {
    let nowMs = 0
    const lastsTooLong = refusalClock(() => nowMs)
    const held = new Held(version('1'), {
      code: 'ITS-ROLLBACK-NO-READY-ENDPOINTS',
      what: 'v1 is not ready.',
    })
    expect(lastsTooLong(answer(403))).toBe(false)
    nowMs = 59_999
    expect(lastsTooLong(held)).toBe(false)
    nowMs = 60_000
    expect(lastsTooLong(answer(503))).toBe(false)
    expect(lastsTooLong(answer(undefined))).toBe(false)
    expect(lastsTooLong(answer(403))).toBe(true)
  })
})

describe('whether a destination serves', () => {
  const pods = (ready: number, all: number, unreadySinceMs?: number): Endpoints => ({
    ready,
    pods: all,
    namespace: 'demo',
    selector: 'app=x',
    unreadySinceMs,
  })
  const warned = {
    severity: 'warning' as const,
    code: 'ITS-NO-READY-ENDPOINTS' as const,
    reason: 'preflight' as const,
    what: '',
    remedy: '',
  }

  test.each<[string, Parameters<typeof serving>[0], number | undefined, string]>([
    ['with a ready Pod', pods(1, 3), undefined, 'yes'],
    ['with Pods of which none is ready', pods(0, 3), undefined, 'no'],
    ['that answered after its Pods failed', pods(0, 1, 10_000), 12_000, 'yes'],
    ['that answered in the second in which its Pods failed', pods(0, 1, 10_000), 9_500, 'yes'],
    ['that answered only before its Pods failed', pods(0, 1, 10_000), 8_000, 'no'],
    ['that answered, with Pods that failed who knows when', pods(0, 1), 8_000, 'yes'],
    ['without a Pod here', pods(0, 0), undefined, 'unknown'],
    ['without a Pod here that answered', pods(0, 0), 1, 'yes'],
    ['that cannot be counted', warned, undefined, 'unknown'],
    ['that cannot be counted and answered', warned, 1, 'yes'],
    ['whose subset is not defined', undefined, undefined, 'unknown'],
  ])('%s is decided by samples first', (_, counted, answeredMs, expected) => {
    const evidence = answeredMs === undefined ? {} : { answeredMs }
    expect(serving(counted, evidence)).toBe(expected)
  })
})

describe('the latest replies of a run', () => {
  const attempt = (counts: readonly number[], more: Partial<Attempt> = {}): Attempt => ({
    number: 1,
    place: 'only',
    startedMs: 100,
    tookMs: 50,
    samples: 0,
    unclassified: 0,
    counts,
    outcomes: {},
    examples: {},
    previous: 0,
    clientLimits: 0,
    intervals: [],
    closeness: 0,
    evidence: [],
    latencies: [],
    dependent: false,
    decision: undefined,
    ...more,
  })
  const check = (...attempts: Attempt[]) =>
    ({ names: ['v1', 'v2'], target: [0.5, 0.5], attempts }) as unknown as Check

  test('are dated by the last point of the evidence at which there was one more', () => {
    const evidence = [
      { atMs: 10, counts: [1, 0], unclassified: 0 },
      { atMs: 20, counts: [2, 1], unclassified: 0 },
      { atMs: 30, counts: [2, 2], unclassified: 0 },
    ]
    expect(withCheck([], check(attempt([2, 2], { evidence })), 1000)).toEqual([1120, 1130])
  })

  test('are dated by the end of a try without evidence, and kept where a later check has none', () => {
    const first = withCheck([5, undefined], check(attempt([3, 0])), 1000)
    expect(first).toEqual([1150, undefined])
    expect(withCheck(first, check(attempt([0, 4])), 2000)).toEqual([1150, 2150])
  })

  test.each([
    ['all of many connections go unanswered', [0, 0], 5, [true, true]],
    ['too few were made to tell', [0, 0], 1, [false, false]],
    ['one destination owes the missing ones', [20, 0], 20, [false, true]],
    ['all are answered', [20, 20], 0, [false, false]],
  ])('show which destination does not answer if %s', (_, counts, unclassified, expected) => {
    const last = check(attempt(counts, { unclassified }))
    const evidence = evidenceOf([undefined, 7], ['v1', 'v2'], last, (ms) => ms + 1)
    expect(['v1', 'v2'].map((name) => evidence(name).unanswered)).toEqual(expected)
    expect(evidence('v1').answeredMs).toBeUndefined()
    expect(evidence('v2').answeredMs).toBe(8)
  })

  test('count for one that never went silent where the API server tells no time', () => {
    const evidence = evidenceOf([3], ['v1'], undefined, () => undefined)
    expect(evidence('v1').answeredMs).toBe(Infinity)
  })
})
