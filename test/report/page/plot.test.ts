import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { box, label, line, roundTicks, spark } from '../../../src/report/page/plot.ts'

describe('ticks', () => {
  const values = (min: number, max: number, wanted: number) =>
    roundTicks(min, max, wanted, String).map(({ text }) => text)

  test('are at round values', () => {
    expect(values(0, 870, 5)).toEqual(['0', '200', '400', '600', '800'])
    expect(values(3, 31, 5)).toEqual(['10', '20', '30'])
    expect(values(0, 1, 5)).toEqual(['0', '0.2', '0.4', '0.6', '0.8', '1'])
  })

  test('are within the range, and at most one more than asked for', () => {
    const range = fc.tuple(
      fc.double({ min: 0, max: 1e6, noNaN: true }),
      fc.integer({ min: 1, max: 1e6 }),
    )
    fc.assert(
      fc.property(range, fc.integer({ min: 2, max: 8 }), ([min, width], wanted) => {
        const ticks = roundTicks(min, min + width, wanted, String)
        expect(ticks.length).toBeLessThanOrEqual(wanted + 1)
        for (const { value } of ticks) {
          expect(value).toBeGreaterThanOrEqual(min - width * 1e-6 - 1e-6)
          expect(value).toBeLessThanOrEqual(min + width * (1 + 1e-6) + 1e-6)
        }
      }),
      { seed: 1 },
    )
  })

  test('there is one where there is no range', () => {
    expect(values(0, 0, 4)).toEqual(['0'])
  })
})

describe('what is drawn', () => {
  test('is in hundredths of the chart', () => {
    expect(line('edge', [0, 0.25], [1, 0.25])).toBe(
      '<line class="edge" x1="0" y1="25" x2="100" y2="25"/>',
    )
    expect(box('band', [0.1, 0.2], [0.3, 0.6])).toBe(
      '<rect class="band" x="10" y="20" width="20" height="40"/>',
    )
  })

  test('stays a number a picture can hold, however far outside it lies', () => {
    expect(line('edge', [-1e9, 0], [1e9, 0])).toContain('x1="-1000" y1="0" x2="1100"')
  })

  test('of a moment is wide enough to be seen, and inside', () => {
    expect(spark(1, 1)).toContain('x="99.6%" y="25%" width="0.4%"')
  })

  test('of words is text', () => {
    expect(label('<b>', [0, 0])).toContain('text-anchor="start">&#60;b&#62;</text>')
  })
})
