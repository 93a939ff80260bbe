import { dirichletMultinomial } from './dirichlet-multinomial.ts'

/** Jeffreys' prior. */
const PRIOR = 0.5

/**
 * Whether a last try that failed looks as if the gateway never acted on the write: its draws do not
 * refute the old weights. A try fails after a handful of draws where the split is far off, and then
 * every interval is still wide enough to hold nearly any old share; so the question is put to the
 * mixture over all shares, which is sharp from the first draws on.
 *
 * @param counts draws of each destination
 * @param old shares before the write
 * @param alpha chance that the old weights are refuted although they are served
 */
export function looksUnpropagated(
  counts: readonly number[],
  old: readonly number[],
  alpha: number,
): boolean {
  const draws = counts.reduce((sum, count) => sum + count, 0)
  const against = dirichletMultinomial(
    old,
    old.map(() => PRIOR),
  )
  return against(counts, draws) < Math.log(1 / alpha)
}
