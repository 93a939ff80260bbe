import type { Check } from '../../rollout/model/check.ts'
import type { Outcome } from '../../rollout/model/outcome.ts'
import { percentsOf } from '../../rollout/model/percents.ts'
import { percent } from '../figures.ts'
import type { RunRecord } from '../record.ts'
import { alphaOf, type Counted, countedOf, observedPercent } from './counted.ts'
import { shareOf } from './explanation.ts'
import { isSplitConfirmed } from './health/watched.ts'
import { askedText } from './subject.ts'

/** One destination, before and after; empty where it is not known. */
export type ComparedDestination = {
  name: string
  before: string
  /** The weight that the step before confirmed; undefined where there was none. */
  stepBefore: string | undefined
  asked: string
  observed: string
  samples: number
  now: string
  /** Whether the share is within the tolerance; undefined where that was not decided. */
  within: boolean | undefined
}

export type Comparison = {
  check: Check
  /** The step that the figures are of, in words; undefined without a ramp. */
  step: { number: number; about: string } | undefined
  destinations: ComparedDestination[]
  counted: Counted
}

/** What was asked for and what was observed, by destination; undefined where the run checked nothing. */
export function comparisonOf(record: RunRecord, outcome: Outcome): Comparison | undefined {
  const { checks, previousWeights, weights } = outcome
  const check = checks.at(-1)
  if (check === undefined) return undefined
  const counted = countedOf(check, alphaOf(record))
  const confirmed = checks.length > 1 && check.old ? percentsOf(check.names, check.old) : undefined
  const of = record.plan?.checks.length ?? checks.length
  return {
    check,
    step:
      of > 1 ? { number: checks.length, about: stepText(record, checks.length, of) } : undefined,
    counted,
    destinations: check.names.map((name, index) => {
      const target = percent(check.target[index] ?? 0)
      const tolerance = percent(check.tolerance[index] ?? 0)
      const observed = observedPercent(counted, index)
      return {
        name,
        before: percentText(previousWeights?.[name]),
        stepBefore: confirmed && percentText(confirmed[name]),
        asked: `${target}% ± ${tolerance}`,
        observed: observed === undefined ? '' : shareOf(observed, counted.recognized),
        samples: counted.counts[index] ?? 0,
        now: percentText(weights?.[name]),
        within:
          observed === undefined || !isDecided(check)
            ? undefined
            : isSplitConfirmed(check) || Math.abs(observed - target) < tolerance,
      }
    }),
  }
}

/** `step 1 of 2 to v2 100%`, and `step 2 of 2` of the last one. */
function stepText(record: RunRecord, number: number, of: number): string {
  const goal = record.plan?.checks.at(-1)
  const step = `step ${number} of ${of}`
  return number === of || goal === undefined ? step : `${step} to ${askedText(record, goal)}`
}

/** Ends of a check that say nothing of the tolerance, as does a check that was cut short. */
const UNDECIDED: readonly Check['ended'][] = [undefined, 'limit-reached', 'dependent', 'unhealthy']

function isDecided(check: Check): boolean {
  // The samples did not end it.
  if (check.diagnosis?.cause.kind === 'stale-proxies') return false
  return isSplitConfirmed(check) || !UNDECIDED.includes(check.ended)
}

function percentText(value: number | undefined): string {
  return value === undefined ? '' : `${value}%`
}
