import { describe, expect, test } from 'vitest'
import type { Took } from '../../../kit/bench/wire/processes.ts'
import { brokenGuarantees, type Comparison, ratesTable } from '../../../kit/bench/wire/ratios.ts'

function took(perSecond: number, errors = 0): Took {
  return {
    connections: 1000,
    errors,
    wallMs: 1e6 / perSecond,
    userMs: 40,
    systemMs: 60,
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

const HYPOTHESES = [{ yardstick: 'Go', inFlight: 16, atLeast: 0.75 }]

describe('a promised ratio', () => {
  test('is kept where the median of the rounds reaches it, although a round does not', () => {
    const measured = comparison([took(80), took(10), took(80)], [took(100), took(100), took(100)])
    expect(brokenGuarantees(HYPOTHESES, [measured])).toEqual([])
  })

  test('is broken where the median does not reach it, and an error breaks it too', () => {
    const measured = comparison([took(70), took(70, 2)], [took(100), took(100)])
    expect(brokenGuarantees(HYPOTHESES, [measured])).toEqual([
      '0.70 times Go at 16 in flight, promised 0.75',
      '2 errors of ours at 16 in flight',
    ])
  })

  test('of another number in flight, or of what was not measured, says nothing', () => {
    const measured = { ...comparison([took(10)], [took(100)]), inFlight: 1 }
    expect(brokenGuarantees(HYPOTHESES, [measured])).toEqual([])
  })
})

test('the table shows rates, ratios, promises and processor time', () => {
  const measured = comparison([took(800)], [took(1000)])
  expect(ratesTable('', [measured], HYPOTHESES).rows).toEqual([
    ['ours', '16', '800 (800-800)', '', '', '100 (100-100)', ''],
    [
      ...['Go', '16', '1000 (1000-1000)', '0.80 (0.80-0.80)', '0.75'],
      ...['100 (100-100)', '1.00 (1.00-1.00)'],
    ],
  ])
})
