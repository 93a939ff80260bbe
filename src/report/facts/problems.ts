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
  if (errors.length > 0) return errors
  const { reason, message, remedy } = outcome
  return [{ code: CODES[reason], what: message, remedy }]
}

/** The code of a reason that has no problem of its own. */
const CODES: Readonly<Partial<Record<Outcome['reason'], Code>>> = {
  input: 'ITS-INPUT',
  preflight: 'ITS-PREFLIGHT',
  access: 'ITS-ACCESS',
  cluster: 'ITS-CLUSTER',
  locked: 'ITS-LOCKED',
  'changed-by-other': 'ITS-CHANGED-BY-OTHER',
  'rollback-failed': 'ITS-ROLLBACK-FAILED',
  cancelled: 'ITS-CANCELLED',
  'limit-reached': 'ITS-LIMIT-REACHED',
  'not-propagated': 'ITS-NOT-PROPAGATED',
}
