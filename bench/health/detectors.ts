import { type Compared, HARMLESS, logCompare, logFail, worseRates } from './formulas.ts'

/**
 * Change detectors as docs/statistics.md describes them, written down a second time: half of the stake is placed at once, and
 * an even part of the rest each second.
 */
export type Detecting = {
  second(): void
  sample(isOwn: boolean, isEvent: boolean): void
  /** What the stakes have become. */
  value(): number
}

/** @param seconds until the stake is used; 0: all of it is placed at once */
export function detectRate(limit: number, seconds: number): Detecting {
  const rates = worseRates(limit)
  const part = 1 / rates.length
  let left = seconds > 0 ? 0.5 : 0
  const values = rates.map(() => (1 - left) * part)
  return {
    second() {
      const stake = Math.min(left, 0.5 / seconds)
      left -= stake
      for (let i = 0; i < values.length; i++) values[i] = (values[i] ?? 0) + stake * part
    },
    sample(isOwn, isEvent) {
      if (!isOwn) return
      for (const [i, rate] of rates.entries()) {
        const factor = isEvent ? rate / limit : (1 - rate) / (1 - limit)
        values[i] = (values[i] ?? 0) * factor
      }
    },
    value: () => values.reduce((sum, value) => sum + value, 0),
  }
}

type Start = { stake: number; counts: Compared }

/** Of a comparison: its evidence is no product of factors, so each stake has the evidence of what came after it. */
export function detectWorse(target: number, seconds: number): Detecting {
  const compare = logCompare(target)
  const harmful = logFail(HARMLESS)
  let counts: Compared = { ownOk: 0, ownErrors: 0, otherOk: 0, otherErrors: 0 }
  let left = seconds > 0 ? 0.5 : 0
  const starts: Start[] = [{ stake: 1 - left, counts }]
  return {
    second() {
      const stake = Math.min(left, 0.5 / seconds)
      left -= stake
      if (stake > 0) starts.push({ stake, counts })
    },
    sample(isOwn, isEvent) {
      const { ownOk, ownErrors, otherOk, otherErrors } = counts
      counts = {
        ownOk: ownOk + (isOwn && !isEvent ? 1 : 0),
        ownErrors: ownErrors + (isOwn && isEvent ? 1 : 0),
        otherOk: otherOk + (isOwn || isEvent ? 0 : 1),
        otherErrors: otherErrors + (!isOwn && isEvent ? 1 : 0),
      }
    },
    value() {
      return starts.reduce((sum, start) => {
        const since = {
          ownOk: counts.ownOk - start.counts.ownOk,
          ownErrors: counts.ownErrors - start.counts.ownErrors,
          otherOk: counts.otherOk - start.counts.otherOk,
          otherErrors: counts.otherErrors - start.counts.otherErrors,
        }
        if (since.ownErrors === 0) return sum
        const own = since.ownOk + since.ownErrors
        return sum + start.stake * Math.exp(Math.min(compare(since), harmful(own, since.ownErrors)))
      }, 0)
    },
  }
}
