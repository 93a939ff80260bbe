import { type Classified, startClassifying } from '../../../../src/evidence/probe/classify.ts'
import type { Met } from '../../../../src/evidence/probe/met.ts'
import type { Expectation } from '../../../../src/options/options.ts'

/** What one connection met, classified. */
export function classifyOnce(met: Met, expect: readonly Expectation[]): Classified {
  return startClassifying(expect, (text) => text)(met)
}
