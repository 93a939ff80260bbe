import { destinationIndex } from '../../routes/destination-names.ts'
import type { Rule } from '../../routes/rule.ts'
import type { Destination, NewDestination } from '../../routes/rule-format.ts'
import type { Wanted } from '../../routes/wanted.ts'
import { planWeights, type WeightEdit } from '../../routes/weights/weight-edit.ts'
import type { Weights } from '../../routes/weights/weights.ts'

export type Steps = {
  /** Weights to write one after the other, the wanted ones last. */
  targets: readonly Weights[]
  /** Steps that no write goes to, as they were given. */
  skipped: readonly number[]
}

/**
 * Of the steps those that lie between where the weight stands by then and where it is to go, so a
 * run that is repeated never moves traffic back.
 */
export function stepWeights(
  rule: Rule,
  edit: WeightEdit,
  wanted: Wanted,
  steps: readonly number[],
): Steps {
  if (wanted.kind !== 'weight') return { targets: [edit.target], skipped: [] }
  const index = destinationIndex(edit.destinations, wanted.subset) ?? edit.names.length - 1
  const place = edit.added && placeOf(edit.destinations.at(-1))
  // 0.29 * 100 is a little less than 29: a step to where the weight stands would be taken for one ahead.
  let standing = withoutRoundingError((edit.presentShares[index] ?? 0) * 100)
  const kept: number[] = []
  for (const step of steps) {
    const between =
      (standing < step && step < wanted.percent) || (wanted.percent < step && step < standing)
    if (!between) continue
    kept.push(step)
    standing = step
  }
  const between = kept.flatMap((percent) => {
    const planned = planWeights(rule, { ...wanted, percent }, place)
    return planned.ok ? [planned.value.target] : []
  })
  return {
    targets: [...between, edit.target],
    // One that is given twice, or is the last weight, is checked all the same.
    skipped: steps.filter((step) => step !== wanted.percent && !kept.includes(step)),
  }
}

function placeOf(destination: Destination | undefined): NewDestination | undefined {
  if (destination === undefined) return undefined
  const { host, port, subset } = destination
  return {
    host,
    ...(port === undefined ? {} : { port }),
    ...(subset === undefined ? {} : { subset }),
  }
}

function withoutRoundingError(percent: number): number {
  return Math.round(percent * 1e9) / 1e9
}
