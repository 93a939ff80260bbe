import type { Check } from '../../rollout/model/check.ts'
import { latencyReport } from '../latencies.ts'

/** What the samples of each place show, as report.json has it; null where they come from one place. @param isLast of another check, only places that differ are listed */
export function placesReport({ names, places }: Check, isLast: boolean): object | null {
  if (places === undefined) return null
  const listed = isLast ? places : places.filter(({ differs }) => differs.length > 0)
  const byName = (counts: readonly number[]) =>
    Object.fromEntries(names.map((name, index) => [name, counts[index] ?? 0]))
  return listed.map(
    ({ kind, name, pods, samples, unclassified, counts, errors, latency, differs }) => {
      const { p50Ms, p90Ms, p99Ms, maxMs } = latencyReport(latency)
      return {
        kind,
        name,
        pods,
        samples,
        unclassified,
        counts: byName(counts),
        errors: errors ? byName(errors) : null,
        latency: { samples: latency.count, p50Ms, p90Ms, p99Ms, maxMs },
        differs,
      }
    },
  )
}
