import type { Options } from '../../options/options.ts'
import { destinationIndex } from '../../routes/destination-names.ts'
import type { WeightEdit } from '../../routes/weights/weight-edit.ts'
import type { Check } from '../model/check.ts'
import type { ShiftPlan } from './shift-plan.ts'

/** What of a run decides which destinations are tested. */
export type Growth = {
  edit: Pick<WeightEdit, 'destinations' | 'names' | 'presentShares'>
  wanted: Options['wanted']
  /** Whether the run writes weights: where it does not, none grows. */
  writes: boolean
}

/** The growth of a run with these options. */
export function growthOf(
  { wanted }: Pick<Options, 'wanted'>,
  { edit, write }: Pick<ShiftPlan, 'edit' | 'write'>,
): Growth {
  return { edit, wanted, writes: write !== undefined }
}

/**
 * Destinations that have more in a step than before the run. Where none has, the one that `weight` is for, or else all that
 * have weight.
 */
export function growingIn(
  { edit, wanted, writes }: Growth,
  { target }: Pick<Check, 'target'>,
): number[] {
  const { destinations, names, presentShares } = edit
  const weighted = target.flatMap((share, index) => (share > 0 ? [index] : []))
  const growing = weighted.filter(
    (index) => (target[index] ?? 0) > (presentShares[index] ?? 0) + 1e-9,
  )
  if (writes && growing.length > 0) return growing
  if (wanted.kind !== 'weight') return weighted
  const asked = destinationIndex(destinations, wanted.subset) ?? names.length - 1
  return weighted.includes(asked) ? [asked] : weighted
}
