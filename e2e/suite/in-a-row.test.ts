import { beforeEach, describe, expect, test } from 'vitest'
import { SURE } from '../../kit/run/run.ts'
import { type Json, numberAt } from '../../sandbox/objects/json.ts'
import { type Benched, benched, PROTOCOLS } from '../bench/benched.ts'
import { mostAllowed } from '../bench/binomial.ts'
import { endedOtherwise, endedWith, rightChecks, rollouts, wrongChecks } from '../bench/in-a-row.ts'
import { phasesOf } from '../bench/phases.ts'

/** The short form of the bench, whose full numbers are `npm run e2e -- bench`. */

const FEW = { grpcroute: 2, tlsroute: 2, tcproute: 2 }
const ROLLOUTS = { tcp: 6, tls: 2, http: 4, httproute: 4, ...FEW }
/** Reports with the time at which the gateway switched. There is none if no sample had the previous weights. */
const LEAST_DATED = {
  ...{ tcp: 3, tls: 0, http: 0 },
  ...{ httproute: 0, grpcroute: 0, tlsroute: 0, tcproute: 0 },
}
const CHECKS = { tcp: 10, tls: 2, http: 6, httproute: 6, ...FEW }

describe.each(PROTOCOLS.filter((one) => one !== 'https'))('for %s,', (protocol) => {
  let what: Benched
  beforeEach(async () => {
    what = await benched(protocol)
    await what.startAt({ v1: 80, v2: 20 })
  })

  test('rollouts back and forth, one right after the other, all pass, and their time is accounted for', async () => {
    // At the default confidence, one rollout in a hundred may fail by chance, and all of them have to pass.
    const inputs = { ...what.inputs, confidence: SURE }
    const row = await rollouts(ROLLOUTS[protocol], inputs, what.destination)
    expect(endedOtherwise(row, 'pass')).toEqual([])
    for (const report of row.reports) {
      const { totalMs, waitingMs, propagationMs, samplingMs } = phasesOf(report)
      expect(waitingMs + propagationMs + samplingMs).toBeCloseTo(totalMs, 6)
      for (const ms of [waitingMs, samplingMs]) expect(ms).toBeGreaterThan(0)
      expect(propagationMs > 0).toBe(isDated(report))
    }
    expect(row.reports.filter(isDated).length).toBeGreaterThanOrEqual(LEAST_DATED[protocol])
  })

  test('checks of the correct split fail no more often than promised', async () => {
    const checks = CHECKS[protocol]
    const row = await rightChecks(checks, what.inputs)
    expect(endedWith(row, 'fail').length).toBeLessThanOrEqual(mostAllowed(checks, 0.01, 1e-4))
  })

  test('checks of a split that is off by the tolerance pass no more often than promised', async () => {
    const checks = CHECKS[protocol]
    const row = await wrongChecks(checks, what.inputs, what.destination)
    expect(endedWith(row, 'pass').length).toBeLessThanOrEqual(mostAllowed(checks, 0.01, 1e-4))
  })
})

/** Whether the report has the time at which the gateway switched. */
function isDated(report: Json): boolean {
  return numberAt(report, 'checks', 0, 'propagationMs') !== undefined
}
