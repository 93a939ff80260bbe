import type { Check } from '../../rollout/model/check.ts'
import type { Outcome } from '../../rollout/model/outcome.ts'
import { percentsOf, percentsText } from '../../rollout/model/percents.ts'
import type { SampleUnit } from '../../rollout/model/sample-unit.ts'
import type { OfSplitter } from '../../rollout/model/splitter.ts'
import { percent } from '../figures.ts'
import type { RunRecord } from '../record.ts'

/** The weights that a run asked for, or those of the step that it came to. */
export type Asked = Pick<Check, 'names' | 'target' | 'old'>

/** undefined where the run did not get as far as to a plan. */
export function askedOf(
  { plan }: Pick<RunRecord, 'plan'>,
  { checks }: Pick<Outcome, 'checks'>,
): Asked | undefined {
  return checks.at(-1) ?? plan?.checks.at(-1)
}

/**
 * The index of the destination that a run is about, else of that whose share grows most. It is the one that every
 * display shows where there is room for one.
 */
export function shiftedIndex(
  { plan }: Pick<RunRecord, 'plan'>,
  { names, target, old }: Asked,
): number {
  if (plan?.shifted !== undefined) return plan.shifted
  const growth = (index: number) => (target[index] ?? 0) - (old?.[index] ?? 0)
  const all = names.map((_, index) => index)
  // Without a write nothing grows: the last destination is the one that was added last.
  return old ? (all.toSorted((a, b) => growth(b) - growth(a))[0] ?? 0) : all.length - 1
}

/** `v2 50%` where the run is about one destination, else `v1 60%, v2 30%, v3 10%`. */
export function askedText(record: Pick<RunRecord, 'plan'>, asked: Asked): string {
  const index = shiftedIndex(record, asked)
  return isAboutOne(record)
    ? `${asked.names[index]} ${percent(asked.target[index] ?? 0)}%`
    : percentsText(percentsOf(asked.names, asked.target))
}

/** What the samples of a run are called. */
export function unitIn({ plan }: Pick<RunRecord, 'plan'>): SampleUnit {
  return plan?.unit ?? 'connection'
}

/** What splits the traffic of a run. */
export function splitterIn({ plan }: Pick<RunRecord, 'plan'>): OfSplitter {
  return { splitter: plan?.splitter }
}

/** Whether a file is edited, and no cluster is used. A run writes no more of it than its first step. */
export function editsFile({ manifest, server }: Pick<RunRecord, 'manifest' | 'server'>): boolean {
  return manifest !== undefined && server === undefined
}

/** Whether one destination's weight says it all. */
export function isAboutOne({ plan }: Pick<RunRecord, 'plan'>): boolean {
  return plan?.shifted !== undefined
}
