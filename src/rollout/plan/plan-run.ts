import type { Options } from '../../options/options.ts'
import { destinationIndex } from '../../routes/destination-names.ts'
import type { Rule } from '../../routes/rule.ts'
import type { Wanted } from '../../routes/wanted.ts'
import { sharesEqual } from '../../routes/weights/weigh.ts'
import type { WeightEdit } from '../../routes/weights/weight-edit.ts'
import type { PlannedRun } from '../model/events.ts'
import { percentsOf } from '../model/percents.ts'
import { planChecks } from './plan-checks.ts'
import { stepPercents } from './steps.ts'

/** What a run is to do with a rule, in numbers and in the words of its events. */
export type RunPlan = {
  /** Percents of each write, the last included; of one check without a write if nothing is to be written. */
  percents: readonly (readonly number[])[]
  writes: boolean
  planned: PlannedRun
}

/** The steps of an edit and what the check of each takes. Nothing is written if nothing would change, nor by verify. */
export function planRun(rule: Rule, edit: WeightEdit, options: Options): RunPlan {
  const unchanged = sharesEqual(edit.presentShares, edit.targetPercents)
  const writes = options.mode !== 'verify' && !unchanged
  const { percents, skipped } = stepPercents(rule, edit, options.wanted, options.steps)
  const named = (step: readonly number[]) =>
    percentsOf(
      edit.names,
      step.map((percent) => percent / 100),
    )
  const planned: PlannedRun = {
    rule: rule.name,
    present: percentsOf(edit.names, edit.presentShares),
    weights: named(edit.targetPercents),
    steps: percents.map(named),
    skipped,
    unchanged: !writes,
    added: edit.added === undefined ? undefined : edit.names.at(-1),
    shifted: shiftedIndex(edit, options.wanted),
    checks: planChecks({ ...edit, percents, writes }, options),
  }
  return { percents, writes, planned }
}

/**
 * The index of the destination that a run is about: the one that `weight` is for, and of two destinations the one whose
 * share grows, or the last. undefined where weights are given for more than two.
 */
function shiftedIndex(
  { destinations, names, presentShares, targetPercents }: WeightEdit,
  wanted: Wanted,
): number | undefined {
  if (wanted.kind === 'weight')
    return destinationIndex(destinations, wanted.subset) ?? names.length - 1
  if (names.length !== 2) return undefined
  return (targetPercents[0] ?? 0) / 100 > (presentShares[0] ?? 0) + 1e-9 ? 0 : 1
}
