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
 * A fail for lack of replies, or for errors, with what is behind the destinations: which subset is gone, how many Pods are ready, and
 * the command that lists the Pods of the destination that fails.
 */
export async function withPods(
  failed: FailedCheck,
  ended: RunEnd,
  signal: AbortSignal,
): Promise<RunEnd> {
  const { context, shiftPlan, check } = failed
  if (failingOf(check) === undefined) return ended
  const { pods, missing } = await lookAgain(context, shiftPlan, signal)
  return withMissing(withCounts(failed, ended, pods), missing)
}

/** The destination that does not answer, as far as that is known, or that has errors; undefined for other causes. */
function failingOf({ diagnosis }: Check): { destination: number | undefined } | undefined {
  const cause = diagnosis?.cause
  switch (cause?.kind) {
    case 'unanswered':
    case 'more-errors':
    case 'above-limit':
    case 'no-success':
      return { destination: cause.destination }
    default:
      return undefined
  }
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
  const failing = check.names[failingOf(check)?.destination ?? -1]
  const behind = pods.find(({ name }) => name === failing)
  const command =
    behind &&
    `${kubectl(context.workloads, behind.namespace)} get pods --selector ${shellQuoted(behind.selector)} --output wide`
  const counted = (text: string) => `${text} Ready Pods: ${ready}.`
  const advised = (text: string) =>
    command === undefined
      ? text
      : [text, `To list the Pods of ${failing} alone:\n  ${command}`]
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
      apiVersion: shiftPlan.apiVersion,
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
