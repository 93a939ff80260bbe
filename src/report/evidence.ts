import type { Attempt, Check, EvidencePoint } from '../rollout/model/check.ts'
import { shareInterval } from '../split/numeric/interval.ts'
import { percent } from './figures.ts'

/** One destination's share after so many samples of an attempt, in percent. */
export type SharePoint = {
  samples: number
  observed: number | undefined
  low: number
  high: number
}

/**
 * How the share of one destination developed over an attempt. The interval is that of the run's confidence,
 * valid at every point at once.
 *
 * @param alpha 1 - confidence, 0 < alpha < 1
 */
export function shareGrowth(
  check: Check,
  one: Attempt,
  index: number,
  alpha: number,
): SharePoint[] {
  return one.evidence.map(({ counts, unclassified }) => {
    const recognized = sum(counts)
    const hits = counts[index] ?? 0
    const [low, high] = shareInterval(hits, recognized, alpha, check.plan.mean)
    return {
      samples: recognized + unclassified,
      observed: recognized === 0 ? undefined : percent(hits / recognized),
      low: low * 100,
      high: high * 100,
    }
  })
}

/** The same as columns of numbers, for report.json. */
export type EvidenceReport = {
  atMs: number[]
  samples: number[]
  unclassified: number[]
  counts: Record<string, number[]>
}

export function evidenceReport(
  names: readonly string[],
  points: readonly EvidencePoint[],
): EvidenceReport {
  return {
    atMs: points.map(({ atMs }) => Math.round(atMs)),
    samples: points.map(({ counts, unclassified }) => sum(counts) + unclassified),
    unclassified: points.map(({ unclassified }) => unclassified),
    counts: Object.fromEntries(
      names.map((name, index) => [name, points.map(({ counts }) => counts[index] ?? 0)]),
    ),
  }
}

function sum(counts: readonly number[]): number {
  return counts.reduce((a, b) => a + b, 0)
}
