import type { Entry } from '../mesh/entry.ts'
import { type Edit, planEdit } from '../mesh/plan-edit.ts'
import type { Wanted } from '../options/options.ts'

/**
 * The percents to write one after the other, the wanted ones last: of the steps those that lie
 * between where the weight stands by then and where it is to go, so a run that is repeated never
 * moves traffic back.
 */
export function stepPercents(
  entry: Entry,
  edit: Edit,
  wanted: Wanted,
  steps: readonly number[],
): (readonly number[])[] {
  if (wanted.kind !== 'weight') return [edit.targetPercents]
  const index = edit.names.indexOf(wanted.subset)
  let standing = (edit.presentShares[index] ?? 0) * 100
  const kept: number[] = []
  for (const step of steps) {
    const between =
      (standing < step && step < wanted.percent) || (wanted.percent < step && step < standing)
    if (!between) continue
    kept.push(step)
    standing = step
  }
  const between = kept.flatMap((percent) => {
    const planned = planEdit(entry, { ...wanted, percent })
    return planned.ok ? [planned.edit.targetPercents] : []
  })
  return [...between, edit.targetPercents]
}
