import type { Options } from '../../options/options.ts'

/**
 * Whether an object was changed so short a time ago that the gateway may still be on its way to it.
 *
 * @param sinceChangeMs milliseconds; undefined where nobody says
 */
export function isJustChanged(
  sinceChangeMs: number | undefined,
  { propagationTimeoutMs }: Pick<Options, 'propagationTimeoutMs'>,
): boolean {
  return sinceChangeMs !== undefined && sinceChangeMs < propagationTimeoutMs
}
