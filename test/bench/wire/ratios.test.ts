import { describe, expect, test } from 'vitest'
import type { Took } from '../../../kit/bench/wire/processes.ts'
import { brokenPromises, type Comparison, comparisonTable } from '../../../kit/bench/wire/ratios.ts'

/** A round of 1,000 connections that took so many microseconds of processor time each. */
function took(cpuUs: number, errors = 0): Took {
  return {
    connections: 1000,
    errors,
    wallMs: 1000,
    userMs: 0.4 * cpuUs,
    systemMs: 0.6 * cpuUs,
    peakKib: 0,
  }
}

function comparison(ours: Took[], go: Took[]): Comparison {
  return {
    inFlight: 16,
    measured: new Map([
      ['ours', ours],
      ['Go', go],
    ]),
  }
}

const PROMISES = [{ yardstick: 'Go', inFlight: 16, atMost: 1.25 }]

describe('a promised ratio of processor time', () => {
  test('is kept where the median of the rounds keeps it, although one round does not', () => {
    const measured = comparison(
      [took(120), took(300), took(120)],
      [took(100), took(100), took(100)],
    )
    expect(brokenPromises(PROMISES, [measured])).toEqual([])
  })

  test('is broken where the median exceeds it, and an error breaks it too', () => {
    const measured = comparison([took(140), took(140, 2)], [took(100), took(100)])
    expect(brokenPromises(PROMISES, [measured])).toEqual([
      '1.40 times the processor time of Go at 16 in flight, promised at most 1.25',
      '2 errors of ours at 16 in flight',
    ])
  })

  test('of another number in flight, or of what was not measured, breaks nothing', () => {
    const measured = { ...comparison([took(300)], [took(100)]), inFlight: 1 }
    expect(brokenPromises(PROMISES, [measured])).toEqual([])
  })
})

test('the table shows processor time, its ratio, the promise, and rates', () => {
  const measured = comparison([took(90)], [took(100)])
  expect(comparisonTable('', [measured], PROMISES).rows).toEqual([
    ['ours', '16', '90 (90-90)', '', '', '1000 (1000-1000)', ''],
    [
      ...['Go', '16', '100 (100-100)', '0.90 (0.90-0.90)', 'at most 1.25'],
      ...['1000 (1000-1000)', '1.00 (1.00-1.00)'],
    ],
  ])
})
