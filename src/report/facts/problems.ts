import type { Code } from '../../problem/codes.ts'
import type { Problem } from '../../problem/problem.ts'
import { exitStatus, type Outcome } from '../../rollout/model/outcome.ts'
import type { RunRecord } from '../record.ts'

export type ReportedProblem = Pick<Problem, 'what' | 'remedy'> & { code: Code | undefined }

/** What kept a run from ending well, each with its code. Empty for a run that ended well. */
export function problemsOf(
  { errors }: Pick<RunRecord, 'errors'>,
  outcome: Outcome,
): readonly ReportedProblem[] {
  if (exitStatus(outcome) === 0 || outcome.verdict === 'in-progress') return []
  const { code, message, remedy, problems = [] } = outcome
  if (problems.length > 0) return problems
  return errors.length > 0 ? errors : [{ code, what: message, remedy }]
}
