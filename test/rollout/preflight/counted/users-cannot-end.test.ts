import { describe, expect, test } from 'vitest'
import { someCheck } from '../../../../kit/report/run.ts'
import type { Options } from '../../../../src/options/options.ts'
import { findTooFewUsers } from '../../../../src/rollout/preflight/counted/users-cannot-end.ts'

const CHECK = someCheck()
const MEAN = CHECK.plan.mean

/** What is found for a run of ten minutes where the proxies counted so many in ten seconds. */
function foundFor(samples: number, given: Partial<Options> = {}) {
  const options = {
    ...{ mode: 'shift', connections: 'auto', timeoutMs: 600_000, stepIntervalMs: 0, steps: [] },
    ...given,
  } as unknown as Options
  return findTooFewUsers({ options }, { checks: [CHECK], unit: 'request' }, { samples, ms: 10_000 })
}

describe('a run that counts what users do', () => {
  test.each([
    ['with connections: auto', {}],
    ['with a few connections too', { connections: 10 }],
  ] as const)('is refused where they do nothing, %s', (_, given) => {
    const [found, ...more] = foundFor(0, given)
    expect(more).toEqual([])
    expect(found).toMatchObject({ severity: 'error', code: 'ITS-TOO-LITTLE-TRAFFIC' })
    expect(found?.what).toMatch(
      /^Users make too few requests for a check to end within timeout\. The proxies of this rule counted no request of users in 10 s\. The check needs about \d+ requests, and timeout leaves 593 s\.$/,
    )
    expect(found?.remedy).toBe(
      'Run it at a time with more traffic, set a longer timeout, or set traffic: own, so that this run opens connections of its own. If there is traffic now, check that it goes through the proxies of this rule, and hits this rule.',
    )
  })

  test('is refused where they would have to do several times as much', () => {
    const [found] = foundFor(Math.floor((MEAN / 593) * 10 * 0.2))
    expect(found).toMatchObject({ severity: 'error' })
    expect(found?.remedy).toMatch(/^Set timeout: \d+m, traffic: own, .* or a wider tolerance\./)
  })

  test('goes on with a warning where they would have to do somewhat more', () => {
    const [found] = foundFor(Math.floor((MEAN / 593) * 10 * 0.7))
    expect(found).toMatchObject({ severity: 'warning' })
    expect(found?.what).toMatch(/^Users most likely make too few requests/)
  })

  test('goes on where they do enough', () => {
    expect(foundFor(Math.ceil((MEAN / 593) * 10))).toEqual([])
    expect(foundFor(1, { connections: 10 })).toEqual([])
  })

  test('is only warned where it writes nothing', () => {
    expect(foundFor(0, { mode: 'verify' })).toMatchObject([{ severity: 'warning' }])
  })
})
