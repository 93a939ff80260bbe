import type { Check } from '../../rollout/model/check.ts'
import type { Outcome } from '../../rollout/model/outcome.ts'
import { percentsOf, percentsText } from '../../rollout/model/percents.ts'
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
 * The index of the destination that a run is about: that of the input, else that whose share grows most. It is the one
 * that every display shows where there is room for one.
 */
export function shiftedIndex(
  { options }: Pick<RunRecord, 'options'>,
  { names, target, old }: Asked,
): number {
  const wanted = options?.wanted
  const named = wanted?.kind === 'weight' ? names.indexOf(wanted.subset) : -1
  if (named >= 0) return named
  const growth = (index: number) => (target[index] ?? 0) - (old?.[index] ?? 0)
  const all = names.map((_, index) => index)
  // Without a write nothing grows: the last destination is the one that was added last.
  return old ? (all.toSorted((a, b) => growth(b) - growth(a))[0] ?? 0) : all.length - 1
}

/** `v2 50%` where the run is about one destination, else `v1 60%, v2 30%, v3 10%`. */
export function askedText(record: Pick<RunRecord, 'options'>, asked: Asked): string {
  const index = shiftedIndex(record, asked)
  return isAboutOne(record, asked)
    ? `${asked.names[index]} ${percent(asked.target[index] ?? 0)}%`
    : percentsText(percentsOf(asked.names, asked.target))
}

/** Whether one destination's weight says it all. */
export function isAboutOne({ options }: Pick<RunRecord, 'options'>, { names }: Asked): boolean {
  return options?.wanted.kind === 'weight' || (names.length === 2 && options?.mode !== 'verify')
}
