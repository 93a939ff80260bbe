import { bandsOf } from '../../src/split/judge/band.ts'
import { planConnections } from '../../src/split/plan/plan-connections.ts'
import type { PlainRules } from './cut-offs.ts'

/** What is asked for of the first of two destinations. Shares, not percents. */
export type Cell = { target: number; tolerance: number; error: number }

export type Truth = {
  name:
    | 'target'
    | 'half way down'
    | 'half way up'
    | 'lower margin'
    | 'upper margin'
    | 'below'
    | 'above'
  share: number
  /** Whether it may pass: on target it must not fail, at or beyond a margin it must not pass. */
  promise: 'must not fail' | 'must not pass' | 'none'
}

/** What a check without a write asks of its one attempt. */
export function rulesOf({ target, tolerance, error }: Cell): PlainRules {
  return {
    target: [target, 1 - target],
    tolerance: [tolerance, tolerance],
    alpha: error,
    beta: error,
    hypotheses: 1,
  }
}

/** The cap that `connections: auto` sets, and the mean that the plan tells. */
export function planOf(cell: Cell): { mean: number; cap: number } {
  const { mean, p999 } = planConnections({ ...rulesOf(cell), guardCrossing: false })
  return { mean, cap: p999 }
}

/** The truths to look at, within 0 to 1 and each once. */
export function truthsOf({ target, tolerance }: Cell): Truth[] {
  const [band] = bandsOf([target, 1 - target], [tolerance, tolerance])
  const { low = 0, high = 1 } = band ?? {}
  const truths: Truth[] = [{ name: 'target', share: target, promise: 'must not fail' }]
  if (target > 0) {
    truths.push({ name: 'half way down', share: (target + low) / 2, promise: 'none' })
    truths.push({ name: 'lower margin', share: low, promise: 'must not pass' })
    if (low > 0)
      truths.push({
        name: 'below',
        share: Math.max(0, low - tolerance / 2),
        promise: 'must not pass',
      })
  }
  if (target < 1) {
    truths.push({ name: 'half way up', share: (target + high) / 2, promise: 'none' })
    truths.push({ name: 'upper margin', share: high, promise: 'must not pass' })
    if (high < 1)
      truths.push({
        name: 'above',
        share: Math.min(1, high + tolerance / 2),
        promise: 'must not pass',
      })
  }
  return truths
}

const TARGETS = [0, 0.01, 0.05, 0.2, 0.5, 0.8, 0.99, 1]
const TOLERANCES = [0.01, 0.02, 0.05, 0.1]
const ERRORS = [0.05, 0.01, 0.001]

/** A canary of one in a thousand, as the weights 999 and 1 ask for. */
const RARE: Cell = { target: 0.001, tolerance: 0.001, error: 0.01 }

/** A tolerance beyond the share itself says little, so it is left out. */
export const GRID: readonly Cell[] = [
  ...TARGETS.flatMap((target) =>
    TOLERANCES.filter((tolerance) => {
      const room = target === 0 || target === 1 ? 1 : Math.min(target, 1 - target)
      return tolerance <= room + 1e-9
    }).flatMap((tolerance) => ERRORS.map((error) => ({ target, tolerance, error }))),
  ),
  RARE,
]

/** The check that documents speak of: 20% within 5 points at 99%. */
export const USUAL: Cell = { target: 0.2, tolerance: 0.05, error: 0.01 }

/** The cells of the published table. */
export const CORE: readonly Cell[] = [
  USUAL,
  { target: 0.2, tolerance: 0.05, error: 0.05 },
  { target: 0.5, tolerance: 0.05, error: 0.01 },
  { target: 0.2, tolerance: 0.1, error: 0.01 },
  { target: 0.01, tolerance: 0.01, error: 0.01 },
  RARE,
]
