import { durationText } from '../../evidence/duration-text.ts'
import { bucketEdgeMs } from '../../evidence/probe/latency.ts'
import { kubectl } from '../../kube/kubectl.ts'
import { type Problem, warning } from '../../problem/problem.ts'
import { aboveRate } from '../../split/health/above-rate.ts'
import { HEALTH_PART, isLimit, type LimitQuestion } from '../../split/health/health-rules.ts'
import { limitText } from '../diagnosis/limit-words.ts'
import type { Check } from '../model/check.ts'
import type { Context } from '../model/context.ts'
import { countText, samplesText } from '../model/percents.ts'
import { questionsOf } from '../plan/check-health.ts'
import { errorChance } from '../plan/plan-checks.ts'
import type { RestoreTarget } from './restore-target.ts'

/**
 * Warnings where a rollback gives traffic back to a destination that exceeds a limit itself. They stop no rollback: what was
 * there before is what a run is asked to restore.
 */
export function findFailingReturns(
  context: Pick<Context, 'options' | 'workloads'>,
  check: Check,
  { names, shares }: Pick<RestoreTarget, 'names' | 'shares'>,
): Problem[] {
  const limits = questionsOf(context.options, true).filter(isLimit)
  const level = Math.log(1 / (HEALTH_PART * errorChance(context.options)))
  return check.names.flatMap((name, index) => {
    const share = shares[names.indexOf(name)] ?? 0
    if (share <= (check.target[index] ?? 0)) return []
    return limits.flatMap((question) => {
      const { events, samples } = eventsOf(question, check, index)
      if (samples === 0 || aboveRate(question.limit)(events, samples - events) < level) return []
      return [returnWarning(context, { name, question, events, samples, check })]
    })
  })
}

type Failing = {
  name: string
  question: LimitQuestion
  events: number
  samples: number
  check: Check
}

function returnWarning(
  { workloads, options }: Pick<Context, 'options' | 'workloads'>,
  { name, question, events, samples, check }: Failing,
): Problem {
  const wereErrors = check.unit === 'request' ? 'were errors' : 'ended with an error'
  const were =
    question.kind === 'max-errors'
      ? wereErrors
      : `took longer than ${durationText(question.overMs)}`
  return warning(
    'ITS-RETURN-TO-FAILING',
    `The rollback gives traffic back to ${name}, which exceeds ${limitText(question)} itself: ${countText(events)} of ${samplesText(samples, check.unit)} to ${name} ${were}.`,
    `Check the Pods of ${name} too:\n  ${kubectl(workloads, options.namespace)} get pods --output wide`,
  )
}

/** Of times only a histogram is kept, so those that may still be within the limit are not counted. */
function eventsOf(
  question: LimitQuestion,
  { health, latencies }: Check,
  index: number,
): { events: number; samples: number } {
  if (question.kind === 'max-errors') {
    const { ok = 0, errors = 0 } = health?.tallies[index] ?? {}
    return { events: errors, samples: ok + errors }
  }
  const { buckets = [], count = 0 } = latencies?.[index] ?? {}
  const slow = buckets.filter((_, at) => at > 0 && bucketEdgeMs(at - 1) >= question.overMs)
  return { events: slow.reduce((sum, one) => sum + one, 0), samples: count }
}
