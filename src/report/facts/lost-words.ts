import type { Check } from '../../rollout/model/check.ts'

type CountedBy = Pick<Check, 'counted'>

/**
 * What the samples are called whose destination is not known: replies that nothing matches, or counts that may be of
 * retries. With counters, connections of the run that got no reply are among them.
 */
export function lostName({ counted }: CountedBy): string {
  if (counted === undefined) return 'no recognized reply'
  return counted === 'own' ? 'no reply, or may be retries' : 'may be retries'
}

/** The same behind a number: `20 without a recognized reply`, `20 that may be retries`. */
export function lostText(lost: string, { counted }: CountedBy): string {
  if (counted === undefined) return `${lost} without a recognized reply`
  return counted === 'own'
    ? `${lost} that got no reply or may be retries`
    : `${lost} that may be retries`
}
