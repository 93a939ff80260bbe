import type { WeightEdit } from '../../routes/weights/weight-edit.ts'
import type { Check } from '../model/check.ts'

/** Destinations that have more in a step than before the run; where none has, all that have weight. */
export function growingIn(
  { presentShares }: Pick<WeightEdit, 'presentShares'>,
  { target }: Pick<Check, 'target'>,
): number[] {
  const all = target.flatMap((share, index) => (share > 0 ? [index] : []))
  const growing = all.filter((index) => (target[index] ?? 0) > (presentShares[index] ?? 0) + 1e-9)
  return growing.length > 0 ? growing : all
}
