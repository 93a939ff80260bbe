import { stopFor } from '../kube/api-problem.ts'
import { abortCauseOf } from '../problem/aborted.ts'
import { problem } from '../problem/problem.ts'
import { RunError } from '../problem/run-error.ts'
import { verdictOf } from '../problem/verdict.ts'
import { existingNames, type WeightEdit } from '../routes/weights/weight-edit.ts'

import { adviceFor } from './diagnosis/advice.ts'
import { codeOf } from './diagnosis/problem-code.ts'
import { subjectOf } from './diagnosis/subject.ts'
import { diagnosisText } from './diagnosis/words.ts'
import type { Check } from './model/check.ts'
import type { Context } from './model/context.ts'
import { settleSamples, shortOf, shortText } from './model/cost.ts'
import type { Outcome } from './model/outcome.ts'
import { percentsOf, percentsText, samplesText } from './model/percents.ts'
import { passText } from './pass-text.ts'
import type { ShiftPlan } from './plan/shift-plan.ts'

/** The end of a run, before its weights are restored or released. */
export type RunEnd = Required<
  Pick<Outcome, 'verdict' | 'reason' | 'code' | 'message' | 'remedy' | 'problems'>
>

/** The end that an error makes. One that was not foreseen is reported as such: the weights are restored all the same. */
export function endOfError(context: Context, error: unknown): RunEnd {
  if (context.cancelled.aborted) return endOfCancel()
  if (abortCauseOf(error)?.kind === 'run-time') return endOfProblem(timeUp(context))
  const known = stopFor(error, 'a call to the API server')
  if (known instanceof RunError) return endOfProblem(known)
  return endOfProblem(
    new RunError(
      'ITS-INTERNAL',
      `This is a bug in istio-traffic-shift: ${known.stack ?? known.message}`,
      'File an issue that includes these lines.',
    ),
  )
}

function timeUp({ api }: Pick<Context, 'api'>): RunError {
  const when = api.mayHaveWritten() ? 'after' : 'before'
  return new RunError('ITS-TIME-UP', `Time ran out ${when} the write.`, 'Raise timeout.')
}

export function endOfProblem(error: RunError): RunEnd {
  const { verdict, reason, code, message, remedy, problems } = error
  return { verdict, reason, code, message, remedy, problems }
}

/** The end that a cancel makes. */
export function endOfCancel(): RunEnd {
  return endOfProblem(new RunError('ITS-CANCELLED', 'The run was cancelled.'))
}

/**
 * The end that a check makes which did not pass.
 *
 * @param stepsBefore how many steps this run has confirmed before
 */
export function endOfCheck(
  context: Context,
  check: Check,
  edit: WeightEdit,
  stepsBefore: number,
): RunEnd {
  const { diagnosis } = check
  const ended = check.ended ?? (check.settle ? 'health-undecided' : 'limit-reached')
  if (ended === 'pass' || diagnosis === undefined)
    throw new Error('a check that did not pass has a diagnosis')
  const subject = subjectOf(context, check, edit, stepsBefore)
  const code = codeOf(ended, diagnosis)
  const message = diagnosisText(diagnosis, subject)
  const remedy = adviceFor(diagnosis, subject)
  const problems = [problem(code, message, remedy)]
  return { verdict: verdictOf(ended), reason: ended, code, message, remedy, problems }
}

/** The end of a run whose checks have all passed. */
export function endOfPass(
  { api, options }: Pick<Context, 'api' | 'options'>,
  { shiftPlan, checks }: { shiftPlan: ShiftPlan; checks: readonly Check[] },
): RunEnd {
  const isChange = shiftPlan.write !== undefined || options.mode === 'verify'
  return {
    verdict: 'pass',
    reason: isChange ? 'within-tolerance' : 'unchanged',
    code: undefined,
    message: passText({ ...options, wrote: api.mayHaveWritten() }, shiftPlan, checks),
    remedy: '',
    problems: [],
  }
}

/** The end of a plan. */
export function endOfPlan(shiftPlan: ShiftPlan): RunEnd {
  return {
    verdict: 'planned',
    reason: shiftPlan.write === undefined ? 'unchanged' : 'planned',
    code: undefined,
    message: planText(shiftPlan),
    remedy: '',
    problems: [],
  }
}

function planText({ object, edit, unit, write, checks, inForce }: ShiftPlan): string {
  const name = `${object.namespace}/${object.name}`
  const present = percentsText(percentsOf(existingNames(edit), edit.presentShares))
  const now = inForce
    ? `${name} has ${percentsText(inForce)}. A shift first restores ${present}`
    : ''
  if (!write && now !== '') return `${now}, which are the weights to shift to. Nothing was written.`
  if (!write) return `${name} already has ${present}. Nothing was written.`
  const steps = checks.map((check) => percentsText(percentsOf(check.names, check.target)))
  const samples = checks.reduce(
    (sum, check) => sum + check.plan.mean + settleSamples(check, 'quarter'),
    0,
  )
  const many = checks.length > 1 ? 'The checks take' : 'The check takes'
  const start = now === '' ? '' : `${now}. `
  return `${start}${name} would go from ${present} to ${steps.join(', then ')}. ${many} about ${samplesText(Math.round(samples), unit)}.${shortText(shortOf(checks))} Nothing was written.`
}
