import { meanOf, quantileOf } from '../../kit/bench/split/error-bars.ts'
import { seededRandom } from '../../kit/split/samples.ts'
import { exactCourse } from './exact.ts'
import {
  errorShare,
  HARMLESS,
  HEALTH_SHARE,
  logCompare,
  logCompareKnownShare,
  logFail,
} from './formulas.ts'

/** A destination of this share whose error rate is so many times that of the others. */
export type Comparison = { share: number; ratio: number; othersRate: number; alpha: number }

export type Compared = Comparison & {
  /** Mean errors of all destinations until the alarm, were the share known exactly: exact. A yardstick. */
  known: number
  /** Mean errors, and samples, until the alarm: simulated. */
  errors: number
  errors90: number
  samples: number
}

export function compareRates(comparison: Comparison, runs: number, seed: number): Compared {
  const { share, ratio, alpha } = comparison
  const level = Math.log(1 / (HEALTH_SHARE * alpha))
  const fail = { log: logCompareKnownShare(share), level }
  const known = exactCourse({ fail }, { rate: errorShare(ratio, share) }).mean
  const random = seededRandom(seed)
  const all = Array.from({ length: runs }, () => untilAlarm(comparison, level, random))
  const errors = all.map((one) => one.errors)
  return {
    ...comparison,
    known,
    errors: meanOf(errors),
    errors90: quantileOf(errors, 0.9),
    samples: meanOf(all.map((one) => one.samples)),
  }
}

function untilAlarm({ share, ratio, othersRate }: Comparison, level: number, random: () => number) {
  const compare = logCompare(share)
  const harmful = logFail(HARMLESS)
  const counts = { ownOk: 0, ownErrors: 0, otherOk: 0, otherErrors: 0 }
  for (;;) {
    const isOwn = random() < share
    const isError = random() < (isOwn ? Math.min(1, ratio * othersRate) : othersRate)
    counts[isOwn ? (isError ? 'ownErrors' : 'ownOk') : isError ? 'otherErrors' : 'otherOk'] += 1
    if (!isError || counts.ownErrors === 0) continue
    const { ownOk, ownErrors, otherErrors } = counts
    if (Math.min(compare(counts), harmful(ownOk + ownErrors, ownErrors)) < level) continue
    const errors = ownErrors + otherErrors
    return { errors, samples: errors + ownOk + counts.otherOk }
  }
}
