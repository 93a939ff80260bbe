import type { Check } from '../../rollout/model/check.ts'

/** What the samples are called whose destination is not known: replies that nothing matches, or counts that may be of retries. */
export function lostName({ counted }: Pick<Check, 'counted'>): string {
  return counted === undefined ? 'no recognized reply' : 'may be retries'
}

/** The same behind a number: `20 without a recognized reply`, `20 of which may be retries`. */
export function lostText(lost: string, { counted }: Pick<Check, 'counted'>): string {
  return counted === undefined
    ? `${lost} without a recognized reply`
    : `${lost} of them may be retries`
}
