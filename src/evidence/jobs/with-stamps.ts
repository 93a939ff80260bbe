import type { Classified } from '../probe/classify.ts'
import type { Stamps } from '../probe/stamps.ts'

/**
 * What a sample of a Pod shows. A Pod does not have the values that the run wrote last, so for it each stamp is of another
 * configuration.
 * @param stamp the value in the reply
 */
export function withStamps(
  classified: Classified,
  stamp: string | null | undefined,
  stamps: Stamps | undefined,
): Classified {
  if (classified.kind !== 'previous' || typeof stamp !== 'string') return classified
  const meaning = stamps?.meaning(stamp)
  if (meaning?.kind !== 'destination') return classified
  const { error, detail, own } = classified
  if (!error) return { ...meaning, error }
  return { ...meaning, error, detail, ...(own === undefined ? {} : { own }) }
}
