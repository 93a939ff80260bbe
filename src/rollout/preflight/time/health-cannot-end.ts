import type { ProbeSample } from '../../../evidence/probe/probe-sample.ts'
import { parseDurationMs } from '../../../options/parse/duration.ts'
import { type Problem, problem, warning } from '../../../problem/problem.ts'
import { isLimit } from '../../../split/health/health-rules.ts'
import { limitText } from '../../diagnosis/limit-words.ts'
import type { Check } from '../../model/check.ts'
import type { Context } from '../../model/context.ts'
import { settleSamples } from '../../model/cost.ts'
import { samplesText } from '../../model/percents.ts'
import { questionsOf } from '../../plan/check-health.ts'
import type { ShiftPlan } from '../../plan/shift-plan.ts'
import { RESERVE_MS } from '../../time-limits.ts'
import { type Rate, rateOf, timeForChecks } from './time-needed.ts'

/**
 * An error if the limits of the checks cannot be confirmed within `timeout`, so that traffic would be moved for nothing: at the
 * measured rate, not even where the rate of the version is a tenth of the limit. A warning if that is so for a quarter.
 * verify moves no traffic, and `connections` ends a check by itself: there it is never an error.
 */
export function findHealthCannotEnd(
  { options }: Pick<Context, 'options'>,
  { checks, unit }: Pick<ShiftPlan, 'checks' | 'unit'>,
  samples: readonly ProbeSample[],
): Problem[] {
  const limited = checks.filter(({ limits }) => limits !== undefined)
  if (limited.length === 0) return []
  const leftMs = Math.max(0, timeForChecks(checks, options))
  const spansMs = limited.reduce((sum, { limits }) => sum + (limits?.spanMs ?? 0), 0)
  const limits = questionsOf(options, true).filter(isLimit).map(limitText).join(' and ')
  const report = options.mode === 'verify' ? warning : problem
  const rate = options.mode === 'plan' ? undefined : rateOf(samples, options)
  const quarterMs = rate === undefined ? spansMs : neededMs(checks, rate, 'quarter')
  const raise = longerTimeout(1.5 * quarterMs + options.timeoutMs - leftMs)
  const fewerSamples = `Set ${raise}a higher limit, or give the version a larger share. ${options.ratePerSecond === undefined ? 'A higher concurrency' : 'A higher rate'} shortens the checks too.`
  if (spansMs > leftMs) {
    // Where the samples alone take too long, a shorter span would not do.
    const isSpanAll = rate === undefined || samplesMs(checks, rate) <= leftMs
    const each = limited.length > 1 ? ` in each of ${limited.length} steps` : ''
    return [
      report(
        'ITS-HEALTH-CANNOT-END',
        `${limits} cannot be confirmed within timeout. Samples have to be spread over ${secondsText(options.healthSpanMs)} (health-span)${each}. timeout leaves ${secondsText(leftMs)}.`,
        isSpanAll ? `Set ${raise}a shorter health-span.` : fewerSamples,
      ),
    ]
  }
  if (rate === undefined || quarterMs <= leftMs) return []
  const tenthMs = neededMs(checks, rate, 'tenth')
  const cannot = tenthMs > leftMs
  const refused = cannot && options.mode === 'shift' && options.connections === 'auto'
  const part = cannot ? 'tenth' : 'quarter'
  const many = checks.reduce((sum, check) => sum + settleSamples(check, part), 0)
  const what = `${limits} will most likely not be confirmed within timeout if the rate of the version is a ${part} of the limit or more.`
  const why = `It then takes about ${samplesText(Math.round(many), unit)}. At about ${Math.round(rate.likely)} a second, the checks need ${secondsText(cannot ? tenthMs : quarterMs)}. timeout leaves ${secondsText(leftMs)}.`
  return [(refused ? problem : warning)('ITS-HEALTH-CANNOT-END', `${what} ${why}`, fewerSamples)]
}

/** Milliseconds of all checks at the likely rate, where the rates of versions are a part of their limits. */
function neededMs(checks: readonly Check[], { likely }: Rate, part: 'tenth' | 'quarter'): number {
  return checks.reduce((sum, check) => {
    const splitMs = (check.plan.mean / likely) * 1000
    const settleMs = (settleSamples(check, part) / likely) * 1000
    return sum + splitMs + Math.max(check.limits?.spanMs ?? 0, settleMs)
  }, 0)
}

/** Milliseconds of the samples alone, where the rates of versions are a quarter of their limits. */
function samplesMs(checks: readonly Check[], { likely }: Rate): number {
  const samples = checks.reduce(
    (sum, check) => sum + check.plan.mean + settleSamples(check, 'quarter'),
    0,
  )
  return (samples / likely) * 1000
}

function secondsText(ms: number): string {
  return `${Math.round(ms / 1000).toLocaleString('en-US')} s`
}

/** `timeout: 9m, or `, rounded up, with what a rollback needs; empty where the input does not take so long a duration. */
function longerTimeout(ms: number): string {
  const minutes = Math.ceil((ms + RESERVE_MS) / 60_000)
  const text = minutes < 600 ? `${minutes}m` : `${Math.ceil(minutes / 60)}h`
  return parseDurationMs(text) === undefined ? '' : `timeout: ${text}, or `
}
