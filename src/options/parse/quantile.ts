import type { Given } from '../option.ts'
import { parseDurationMs } from './duration.ts'
import { parseNumber } from './number.ts'

/** A time within which a part of the replies comes. */
export type Quantile = {
  /** The part, more than 0 and less than 1. */
  share: number
  ms: number
}

const FORM = 'pNN=DURATION with NN more than 0 and less than 100, such as p99=250ms or p99.9=1s'

/** Reads `p99=250ms`. */
export function parseQuantile({ name, text, mustBe, refuse }: Given): Quantile | undefined {
  const [, number = '', time = ''] = /^p([\d.]+)\s*=\s*(\S*)$/.exec(text) ?? []
  const percent = parseNumber(number)
  if (!(percent > 0 && percent < 100)) return mustBe(FORM)
  const ms = parseDurationMs(time)
  if (ms !== undefined && ms > 0) return { share: withoutRoundingError(percent / 100), ms }
  if (!(parseNumber(time) > 0)) return mustBe(FORM)
  return refuse(
    'ITS-DURATION-INVALID',
    (shown) =>
      `${name}: ${shown(time)} has no unit. Did you mean p${number}=${time}ms or p${number}=${time}s?`,
  )
}

/** 99.9 / 100 is a little more than 0.999. */
function withoutRoundingError(share: number): number {
  return Number(share.toPrecision(12))
}
