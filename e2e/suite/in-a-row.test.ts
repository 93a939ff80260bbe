import { beforeEach, expect, test } from 'vitest'
import { type Json, numberAt } from '../../sandbox/objects/json.ts'
import { mostAllowed } from '../bench/binomial.ts'
import { endedOtherwise, endedWith, rightChecks, rollouts, wrongChecks } from '../bench/in-a-row.ts'
import { phasesOf } from '../bench/phases.ts'
import { routeIs } from './support/route.ts'

/** The short form of the bench, whose full numbers are `npm run e2e -- bench`. */

const ROLLOUTS = 6
const CHECKS = 10

beforeEach(() => routeIs({ v1: 80, v2: 20 }))

test('rollouts back and forth, one right after the other, all pass, and their time is accounted for', async () => {
  const row = await rollouts(ROLLOUTS)
  expect(endedOtherwise(row, 'pass')).toEqual([])
  for (const report of row.reports) {
    const { totalMs, waitingMs, propagationMs, samplingMs } = phasesOf(report)
    expect(waitingMs + propagationMs + samplingMs).toBeCloseTo(totalMs, 6)
    for (const ms of [waitingMs, samplingMs]) expect(ms).toBeGreaterThan(0)
    expect(propagationMs > 0).toBe(isDated(report))
  }
  // No time if no connection had the previous weights: a busy machine may open none in time.
  expect(row.reports.filter(isDated).length).toBeGreaterThanOrEqual(ROLLOUTS / 2)
})

test('checks of the correct split fail no more often than promised', async () => {
  const row = await rightChecks(CHECKS)
  expect(endedWith(row, 'fail').length).toBeLessThanOrEqual(mostAllowed(CHECKS, 0.01, 1e-4))
})

test('checks of a split that is off by the tolerance pass no more often than promised', async () => {
  const row = await wrongChecks(CHECKS)
  expect(endedWith(row, 'pass').length).toBeLessThanOrEqual(mostAllowed(CHECKS, 0.01, 1e-4))
})

/** Whether the report has the time at which the gateway switched. */
function isDated(report: Json): boolean {
  return numberAt(report, 'checks', 0, 'propagationMs') !== undefined
}
