import { bandsOf } from '../judge/band.ts'
import { rejectAnywhere } from '../judge/delayed-start.ts'
import type { JudgeRules } from '../judge/judge-rules.ts'
import { marginTests } from '../judge/margin-tests.ts'
import { firstAtMost } from '../numeric/first-at-most.ts'

/**
 * Samples until the tests of the destinations with share 0 or 1 have rejected where the shares are the target: nothing is
 * left to chance there. At least 1.
 */
export function deterministicSampleSize(
  rules: Pick<JudgeRules, 'target' | 'tolerance' | 'beta'>,
): number {
  const { level } = rejectAnywhere(rules.beta)
  const bands = bandsOf(rules.target, rules.tolerance)
  const certain = marginTests(bands).filter(({ destination }) => {
    const share = bands[destination]?.share
    return share === 0 || share === 1
  })
  const rejectedBy = (samples: number) =>
    certain.every(
      (test) => test.logRatio(samples, samples * (bands[test.destination]?.share ?? 0)) >= level,
    )
  let beyond = 1
  while (!rejectedBy(beyond)) beyond *= 2
  return firstAtMost((samples) => (rejectedBy(samples) ? 0 : 1), 0, beyond)
}
