import type { Tally } from './compare.ts'

/** `none`: a destination has only errors, and enough of them. `too-few`: one has no success, and hardly any error. */
export type Successes = 'all' | 'none' | 'too-few'

/** Errors without a success that are no accident: half of the requests of a version that is hardly alive succeed. */
const ENOUGH_ERRORS = 10

/** Whether each destination with weight had a success. */
export function successesOf(tallies: readonly Tally[], target: readonly number[]): Successes {
  const without = tallies.filter(({ ok }, index) => ok === 0 && (target[index] ?? 0) > 0)
  if (without.length === 0) return 'all'
  return without.some(({ errors }) => errors >= ENOUGH_ERRORS) ? 'none' : 'too-few'
}
