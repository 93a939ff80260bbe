import { expect, test } from 'vitest'
import { optionsOf } from '../../../kit/options/reading.ts'

test('report is a folder', () => {
  expect(optionsOf({ report: 'out/report' }).report).toBe('out/report')
})
