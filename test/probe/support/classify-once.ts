import type { Expectation } from '../../../src/options/options.ts'
import { type Classified, startClassifying } from '../../../src/probe/classify.ts'
import type { Met } from '../../../src/probe/met.ts'

/** What one connection met, classified. */
export function classifyOnce(met: Met, expect: readonly Expectation[]): Classified {
  return startClassifying(expect, (text) => text)(met)
}
