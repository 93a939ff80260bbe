import type { Options } from '../../options/options.ts'

/**
 * Whether an object was changed so recently that the gateway may not use its weights yet.
 *
 * @param sinceChangeMs milliseconds; undefined if that is not known
 */
export function isJustChanged(
  sinceChangeMs: number | undefined,
  { propagationTimeoutMs }: Pick<Options, 'propagationTimeoutMs'>,
): boolean {
  return sinceChangeMs !== undefined && sinceChangeMs < propagationTimeoutMs
}
