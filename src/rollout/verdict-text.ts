import { stopFor } from '../kube/api-problem.ts'
import { RunError } from '../problem/run-error.ts'
import type { Edit } from '../routes/weight-edit.ts'
import type { Diagnosis } from '../split/diagnosis/diagnosis.ts'
import { adviceFor } from './diagnosis/advice.ts'
import { type Subject, subjectOf } from './diagnosis/subject.ts'
import { diagnosisText } from './diagnosis/words.ts'
import type { Check, CheckEnd } from './model/check.ts'
import type { Context } from './model/context.ts'
import type { Outcome } from './model/outcome.ts'
import { observedText, percentsOf, percentsText } from './model/percents.ts'

/** Verdict and words of a run's end, before the object is put in order. */
export type Ended = Pick<Outcome, 'verdict' | 'reason' | 'message' | 'remedy'>

/** The end that an error makes. One that nobody foresaw is said as such: the weights go back all the same. */
export function endOfError(context: Context, error: unknown): Ended {
  if (context.cancelled.aborted) return cancelled()
  const known = stopFor(error, 'a call to the API server')
  if (known instanceof RunError) {
    return {
      verdict: known.verdict,
      reason: known.reason,
      message: known.message,
      remedy: known.remedy,
    }
  }
  const text = known.stack ?? known.message
  return {
    verdict: 'error',
    reason: 'cluster',
    message: `a fault of this tool: ${text}`,
    remedy: 'Please report it with these lines.',
  }
}

/** The end that a cancel makes. */
export function cancelled(): Ended {
  return { verdict: 'error', reason: 'cancelled', message: 'the run was cancelled', remedy: '' }
}

/**
 * The end that a check makes which did not pass.
 *
 * @param stepsBefore how many steps this run has confirmed before
 */
export function endOfCheck(context: Context, check: Check, edit: Edit, stepsBefore: number): Ended {
  const { ended = 'limit-reached', diagnosis } = check
  if (ended === 'pass' || diagnosis === undefined)
    throw new Error('a check that did not pass has a diagnosis')
  return endOf(ended, diagnosis, subjectOf(context, check, edit, stepsBefore))
}

function endOf(reason: Exclude<CheckEnd, 'pass'>, diagnosis: Diagnosis, subject: Subject): Ended {
  const isUndecided = reason === 'limit-reached' || reason === 'dependent'
  return {
    verdict: isUndecided ? 'inconclusive' : 'fail',
    reason,
    message: diagnosisText(diagnosis, subject),
    remedy: adviceFor(diagnosis, subject),
  }
}

/** What a pass proved, and with what chance of being wrong. */
export function passText(checks: readonly Check[], confidencePercent: number): string {
  const confirmed = checks
    .map((check) => percentsText(percentsOf(check.names, check.target)))
    .join('; then ')
  const last = checks.at(-1)
  const observed = observedText(last?.names ?? [], last?.attempts.at(-1)?.counts ?? [])
  return `proven: ${confirmed}. The last by ${observed}, at ${confidencePercent}% confidence`
}
