import type { Attempt, Check, EvidencePoint } from '../rollout/model/check.ts'
import { shareInterval } from '../split/judge/interval.ts'
import { percent } from './figures.ts'

/** How one destination's share stood after so many connections of a try, in percent. */
export type SharePoint = {
  connections: number
  observed: number | undefined
  low: number
  high: number
}

/**
 * How the share of one destination grew over a try. The interval is that of the run's confidence,
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
    const told = sum(counts)
    const hits = counts[index] ?? 0
    const [low, high] = shareInterval(hits, told, alpha, check.plan.mean)
    return {
      connections: told + unclassified,
      observed: told === 0 ? undefined : percent(hits / told),
      low: low * 100,
      high: high * 100,
    }
  })
}

/** The same as columns of numbers, for report.json. */
export type EvidenceReport = {
  atMs: number[]
  connections: number[]
  unclassified: number[]
  counts: Record<string, number[]>
}

export function evidenceReport(
  names: readonly string[],
  points: readonly EvidencePoint[],
): EvidenceReport {
  return {
    atMs: points.map(({ atMs }) => Math.round(atMs)),
    connections: points.map(({ counts, unclassified }) => sum(counts) + unclassified),
    unclassified: points.map(({ unclassified }) => unclassified),
    counts: Object.fromEntries(
      names.map((name, index) => [name, points.map(({ counts }) => counts[index] ?? 0)]),
    ),
  }
}

function sum(counts: readonly number[]): number {
  return counts.reduce((a, b) => a + b, 0)
}
