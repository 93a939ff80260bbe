import { beforeEach, expect, test } from 'vitest'
import { mostAllowed } from '../bench/binomial.ts'
import { rightChecks, rollouts, wrongChecks } from '../bench/in-a-row.ts'
import { phasesOf } from '../bench/phases.ts'
import { routeIs } from './support/route.ts'

/** The short form of the bench, whose full numbers are `npm run e2e -- bench`. */

const ROLLOUTS = 6
const CHECKS = 10

beforeEach(() => routeIs({ v1: 80, v2: 20 }))

test('rollouts to and fro, one right after the other, all pass, and their time is accounted for', async () => {
  const { odd, reports } = await rollouts(ROLLOUTS)
  expect(odd).toEqual([])
  for (const { totalMs, waitingMs, propagationMs, samplingMs } of reports.map(phasesOf)) {
    expect(waitingMs + propagationMs + samplingMs).toBeCloseTo(totalMs, 6)
    for (const ms of [waitingMs, propagationMs, samplingMs]) expect(ms).toBeGreaterThan(0)
  }
})

test('checks of the right split fail no more often than is promised', async () => {
  const { verdicts } = await rightChecks(CHECKS)
  expect(verdicts.pass).toBeGreaterThanOrEqual(CHECKS - mostAllowed(CHECKS, 0.01, 1e-4))
})

test('checks of a split that is off by the tolerance pass no more often than is promised', async () => {
  const { verdicts } = await wrongChecks(CHECKS)
  expect(verdicts.fail).toBeGreaterThanOrEqual(CHECKS - mostAllowed(CHECKS, 0.01, 1e-4))
})
