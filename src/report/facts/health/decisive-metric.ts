import { metricName } from '../../../rollout/metrics/metric-words.ts'
import type { Outcome } from '../../../rollout/model/outcome.ts'

/** `the metric "errors" of v2 is out of bounds`, `2 metrics are undecided`, where metrics decided. */
export function decisiveMetric({ code, checks }: Outcome): string | undefined {
  const kind =
    code === 'ITS-METRIC-OUT-OF-BOUNDS'
      ? 'out-of-bounds'
      : code === 'ITS-METRIC-NO-VALUE'
        ? 'no-value'
        : undefined
  const last = checks.at(-1)
  const all = last?.metrics ?? []
  const metric = all.findLast(({ found }) => found.kind === kind)
  if (kind === undefined || last === undefined || metric === undefined) return undefined
  const what = kind === 'no-value' ? 'undecided' : 'out of bounds'
  const { when } = metric
  const count = all.filter((one) => one.found.kind === kind && one.when === when).length
  if (count > 1) return `${count} metrics are ${what}`
  return `${metricName(metric, last.names).replace('The', 'the')} is ${what}`
}
