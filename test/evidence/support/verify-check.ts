import type { EvidenceSource } from '../../../src/evidence/evidence-source.ts'
import type { CheckTask } from '../../../src/rollout/check/check-task.ts'
import { runCheck } from '../../../src/rollout/check/run-check.ts'
import type { Check } from '../../../src/rollout/model/check.ts'
import { planChecks } from '../../../src/rollout/plan/plan-checks.ts'
import { ofHundred } from '../../../src/routes/weights/weights.ts'

/** Checks 80/20 without a write, with the samples of this source. */
export function verifyCheck(
  source: EvidenceSource,
  changes: Pick<CheckTask, 'judges'> = {},
): Promise<Check> {
  const [check] = planChecks(
    {
      names: ['v1', 'v2'],
      unit: 'connection',
      presentShares: [0.8, 0.2],
      targets: [ofHundred([80, 20])],
      writes: false,
    },
    {
      confidencePercent: 99,
      tolerancePoints: undefined,
      connections: 'auto',
    },
  )
  if (!check) throw new Error('no check')
  return runCheck({
    check,
    source,
    writtenMs: undefined,
    propagationTimeoutMs: 15_000,
    alpha: 0.01,
    hypotheses: 1,
    connections: 'auto',
    mayRecover: false,
    emit: () => undefined,
    nowMs: () => performance.now(),
    signal: new AbortController().signal,
    ...changes,
  })
}
