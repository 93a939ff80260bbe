import fc from 'fast-check'
import { expect, test } from 'vitest'
import { expanded } from '../../sandbox/jobs/expand.ts'
import { withDollarsDoubled } from '../../src/evidence/jobs/dollars.ts'
import { LONGEST_ARGUMENT_BYTES } from '../../src/evidence/jobs/plan-text.ts'
import { proberScript } from '../../src/evidence/jobs/prober-script.ts'

const VARIABLES = { A: 'a value', 'a)b': 'another', '': 'nothing' }

test('the script is below 100 kB, and is one argument of a process', () => {
  expect(Buffer.byteLength(proberScript())).toBeLessThan(100_000)
  expect(Buffer.byteLength(withDollarsDoubled(proberScript()))).toBeLessThan(LONGEST_ARGUMENT_BYTES)
})

test('the script comes back from what Kubernetes makes of arguments', () => {
  expect(proberScript()).toMatch(/\$/)
  expect(expanded(withDollarsDoubled(proberScript()), VARIABLES)).toBe(proberScript())
})

test('any text comes back from what Kubernetes makes of arguments', () => {
  const piece = fc.constantFrom('$', '$$', '$(', '$(A)', ')', 'A', '$$(A)', '$(a)b)', '$()', 'é')
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string())), (pieces) => {
      const text = pieces.join('')
      expect(expanded(withDollarsDoubled(text), VARIABLES)).toBe(text)
    }),
  )
})

test('a text with nothing doubled would be changed', () => {
  expect(expanded('$(A) $$', VARIABLES)).toBe('a value $')
})
