import type { Attempt, Check } from '../../rollout/model/check.ts'
import { countText, observedText, samplesText } from '../../rollout/model/percents.ts'
import { lostText } from '../facts/lost-words.ts'
import { percent } from '../figures.ts'

type Seen = Pick<Attempt, 'counts' | 'samples' | 'unclassified'>

/** `v2 19%, v1 81% of 890 connections`, the destination that the run is about first. */
export function seenText(
  { names, unit, counted }: Pick<Check, 'names' | 'unit' | 'counted'>,
  seen: Seen,
  shifted: number,
): string {
  const { counts, samples, unclassified } = seen
  if (samples === 0) return counted === undefined ? 'no reply yet' : `no ${unit} counted yet`
  if (samples === unclassified)
    return counted === undefined
      ? `no recognized reply from ${samplesText(samples, unit)}`
      : `no ${unit} counted, ${lostText(countText(unclassified), { counted })}`
  const order = [shifted, ...names.map((_, index) => index).filter((index) => index !== shifted)]
  const observed = observedText(
    order.map((index) => names[index] ?? ''),
    order.map((index) => counts[index] ?? 0),
    unit,
  )
  return unclassified === 0
    ? observed
    : `${observed}, ${lostText(countText(unclassified), { counted })}`
}

/** `v2 -> 20%`. */
export function targetText(
  { names, target }: Pick<Check, 'names' | 'target'>,
  index: number,
): string {
  return `${names[index] ?? ''} -> ${percent(target[index] ?? 0)}%`
}
