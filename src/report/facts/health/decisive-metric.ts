import { metricName } from '../../../rollout/metrics/metric-words.ts'
import type { Outcome } from '../../../rollout/model/outcome.ts'

/** `the metric "errors" of v2 is out of bounds`, where a metric decided. */
export function decisiveMetric({ code, checks }: Outcome): string | undefined {
  const kind =
    code === 'ITS-METRIC-OUT-OF-BOUNDS'
      ? 'out-of-bounds'
      : code === 'ITS-METRIC-NO-VALUE'
        ? 'no-value'
        : undefined
  const last = checks.at(-1)
  const metric = last?.metrics?.findLast(({ found }) => found.kind === kind)
  if (kind === undefined || last === undefined || metric === undefined) return undefined
  const name = metricName(metric, last.names).replace('The', 'the')
  return `${name} is ${kind === 'no-value' ? 'undecided' : 'out of bounds'}`
}
