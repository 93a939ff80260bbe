import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { startClassifying } from '../../src/evidence/probe/classify.ts'
import { startMatching } from '../../src/evidence/probe/match-replies.ts'
import { reportOf } from '../../src/report/json/report-json.ts'
import { pageOf } from '../../src/report/page/page.ts'
import type { RunRecord } from '../../src/report/record.ts'
import type { CheckTask } from '../../src/rollout/check/check-task.ts'
import type { Check } from '../../src/rollout/model/check.ts'
import type { Outcome } from '../../src/rollout/model/outcome.ts'
import { planChecks } from '../../src/rollout/plan/plan-checks.ts'
import { ofHundred } from '../../src/routes/weights/weights.ts'

const EXPECT = [
  { destination: 'v1', pattern: /^one / },
  { destination: 'v2', pattern: /^two / },
]

/** Tells replies of `one ` and `two ` apart. */
export const match = startMatching(EXPECT)
export const classify = startClassifying({ expect: EXPECT, redact: (text) => text, match })

/** One attempt of 50/50 without a write that takes all of its samples, as they do not decide it. */
export function undecidedCheckTask(
  connections: number,
  how: Pick<CheckTask, 'source' | 'emit' | 'nowMs'>,
): CheckTask {
  return {
    ...how,
    check: undecidedCheck(connections),
    writtenMs: undefined,
    propagationTimeoutMs: 0,
    alpha: 1e-5,
    hypotheses: 1,
    connections,
    mayRecover: false,
    signal: new AbortController().signal,
  }
}

/** Its tolerance is so small that no number of connections here decides it. */
function undecidedCheck(connections: number): Check {
  const options = { confidencePercent: 99.999, tolerancePoints: 50, connections }
  const [planned] = planChecks(
    {
      names: ['v1', 'v2'],
      unit: 'connection',
      presentShares: [0.5, 0.5],
      targets: [ofHundred([50, 50])],
      writes: false,
    },
    options,
  )
  if (!planned) throw new Error('no check')
  return { ...planned, tolerance: [1e-6, 1e-6] }
}

/** Bytes of report.json and of report.html, and the text of the latter. */
export function reportSizes(
  record: RunRecord,
  outcome: Outcome,
): { json: number; html: number; page: string } {
  const page = pageOf(record, outcome)
  return {
    page,
    json: Buffer.byteLength(JSON.stringify(reportOf(record, outcome), undefined, 2)),
    html: Buffer.byteLength(page),
  }
}

/** A function that collects garbage, so that what is in use is what is needed. */
export function collector(): () => void {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc')
}
