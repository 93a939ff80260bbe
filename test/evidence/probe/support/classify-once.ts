import { type Classified, startClassifying } from '../../../../src/evidence/probe/classify.ts'
import type { ConnectionOutcome } from '../../../../src/evidence/probe/connection-outcome.ts'
import type { Expectation } from '../../../../src/evidence/probe/expectation.ts'

/** What one connection met, classified. */
export function classifyOnce(met: ConnectionOutcome, expect: readonly Expectation[]): Classified {
  return startClassifying({ expect, redact: (text) => text })(met)
}
