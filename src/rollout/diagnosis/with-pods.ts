import { kubectl } from '../../kube/kubectl.ts'
import type { Problem } from '../../problem/problem.ts'
import { shellQuoted } from '../../problem/shell-quoted.ts'
import { checkBackends } from '../../workloads/check-backends.ts'
import type { Check } from '../model/check.ts'
import type { Context } from '../model/context.ts'
import type { PlanInput } from '../plan/shift-plan.ts'
import type { RunEnd } from '../verdict-text.ts'

type FailedCheck = { context: Context; shiftPlan: PlanInput; check: Check }

/**
 * A fail for lack of replies, with what is behind the destinations: which subset is gone, how many Pods are ready, and
 * the command that lists the Pods of the destination that does not answer.
 */
export async function withPods(
  failed: FailedCheck,
  ended: RunEnd,
  signal: AbortSignal,
): Promise<RunEnd> {
  const { context, shiftPlan, check } = failed
  const cause = check.diagnosis?.cause
  if (cause?.kind !== 'unanswered') return ended
  const { pods, missing } = await lookAgain(context, shiftPlan, signal)
  return withMissing(withCounts(failed, ended, pods), missing)
}

/** A subset that is gone is the cause, so what to do about it comes before a look at Pods. */
function withMissing(ended: RunEnd, missing: readonly Problem[]): RunEnd {
  if (missing.length === 0) return ended
  const what = missing.map((one) => sentence(one.what))
  return {
    ...ended,
    message: [ended.message, ...what].join(' '),
    remedy: [...missing.map(({ remedy }) => remedy), ended.remedy]
      .filter((text) => text !== '')
      .join('\n'),
    problems: [...ended.problems, ...missing],
  }
}

function withCounts(
  { context, check }: FailedCheck,
  ended: RunEnd,
  pods: Awaited<ReturnType<typeof lookAgain>>['pods'],
): RunEnd {
  if (pods.length === 0) return ended
  const ready = pods.map((one) => `${one.name} ${one.ready} of ${one.pods}`).join(', ')
  const cause = check.diagnosis?.cause
  const unanswered = cause?.kind === 'unanswered' ? check.names[cause.destination ?? -1] : undefined
  const behind = pods.find(({ name }) => name === unanswered)
  const command =
    behind &&
    `${kubectl(context.workloads, behind.namespace)} get pods --selector ${shellQuoted(behind.selector)} --output wide`
  const counted = (text: string) => `${text} Ready Pods: ${ready}.`
  const advised = (text: string) =>
    command === undefined
      ? text
      : [text, `To list the Pods of ${unanswered} alone:\n  ${command}`]
          .filter((part) => part !== '')
          .join('\n')
  const [decisive, ...others] = ended.problems
  return {
    ...ended,
    message: counted(ended.message),
    remedy: advised(ended.remedy),
    problems: decisive
      ? [{ ...decisive, what: counted(decisive.what), remedy: advised(decisive.remedy) }, ...others]
      : [],
  }
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`.replace(/\.?$/, '.')
}

async function lookAgain(context: Context, shiftPlan: PlanInput, signal: AbortSignal) {
  try {
    const where = {
      ...context,
      kind: shiftPlan.object.kind,
      istioVersion: shiftPlan.istioVersion,
      namespace: shiftPlan.object.namespace,
    }
    const { counts, findings } = await checkBackends(where, shiftPlan.weighted, signal)
    return {
      pods: counts.flatMap(({ name, counted }) =>
        'severity' in counted ? [] : [{ name, ...counted }],
      ),
      missing: findings.filter(
        ({ severity, reason }) => severity === 'error' && reason === 'preflight',
      ),
    }
  } catch {
    // The look is a help; the verdict stands without it.
    return { pods: [], missing: [] }
  }
}
