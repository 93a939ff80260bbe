import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { latencyOf } from '../../../kit/report/run.ts'
import {
  bucketEdgeMs,
  latencyQuantileMs,
  mergedLatency,
  NO_LATENCY,
  startLatency,
} from '../../../src/evidence/probe/latency.ts'

const MS = fc.oneof(
  fc.double({ min: 0, max: 10, noNaN: true }),
  fc.integer({ min: 0, max: 300_000 }),
)

describe('a histogram of latencies', () => {
  test('has a connection in the bucket whose edges it lies between', () => {
    fc.assert(
      fc.property(MS, (ms) => {
        const { buckets } = latencyOf(ms)
        const index = buckets.indexOf(1)
        expect(ms).toBeLessThanOrEqual(bucketEdgeMs(index))
        if (index > 0) expect(ms).toBeGreaterThan(bucketEdgeMs(index - 1))
      }),
      { seed: 1 },
    )
  })

  test('is of one size, however many connections there were and however long they took', () => {
    const tally = startLatency()
    for (let i = 0; i < 1000; i += 1) tally.observe(i * 1000)
    expect(tally.latency().buckets).toHaveLength(NO_LATENCY.buckets.length)
    expect(tally.latency()).toMatchObject({ count: 1000, minMs: 0, maxMs: 999_000 })
  })

  test('of two parts is that of all', () => {
    fc.assert(
      fc.property(fc.array(MS), fc.array(MS), (some, others) => {
        expect(mergedLatency(latencyOf(...some), latencyOf(...others))).toEqual(
          latencyOf(...some, ...others),
        )
      }),
      { seed: 2 },
    )
  })
})

describe('a quantile', () => {
  test('is at most a fifth above the true one, and never below', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.1, max: 60_000, noNaN: true }), { minLength: 1 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (all, share) => {
          const sorted = all.toSorted((a, b) => a - b)
          const exact = sorted[Math.ceil(share * all.length) - 1] ?? Number.NaN
          const quantile = latencyQuantileMs(latencyOf(...all), share)
          expect(quantile).toBeGreaterThanOrEqual(exact)
          expect(quantile).toBeLessThanOrEqual(exact * 1.2)
        },
      ),
      { seed: 3 },
    )
  })

  test('of none is 0', () => {
    expect(latencyQuantileMs(NO_LATENCY, 0.5)).toBe(0)
  })
})
