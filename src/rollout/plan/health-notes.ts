import type { Options } from '../../options/options.ts'
import { listText } from '../../problem/list-text.ts'
import { HEALTH_PART, type HealthQuestion, isLimit } from '../../split/health/health-rules.ts'
import { knownLimitPlan, passChance } from '../../split/plan/plan-health.ts'
import { shownRate } from '../../split/plan/plan-watch.ts'
import { limitText } from '../diagnosis/limit-words.ts'
import type { Check } from '../model/check.ts'
import { countText, limitPercent, percentText, samplesText, shareText } from '../model/percents.ts'
import { questionsOf } from './check-health.ts'
import { type Growth, growingIn } from './growing.ts'
import { passError } from './limit-cost.ts'
import { errorChance } from './plan-checks.ts'

/** Samples a second of a watch, where the input `rate` does not say it. */
const WATCH_RATE = 10

/** Parts of a limit at which a version often fails although it keeps the limit. */
const NEAR_LIMIT = [0.5, 0.7, 0.8]

type Planned = {
  checks: readonly Check[]
  growth: Growth
  seesErrors: boolean
}

/** What the health tests of a run take and can show, as sentences: before the run, when the limits can still be changed. */
export function healthNotes(options: Options, planned: Planned): string[] {
  return [
    ...limitNotes(options, planned),
    ...watchNotes(options, planned),
    ...aloneNotes(options, planned),
  ]
}

/** `max-errors (1%) takes about 2,330 requests ...` */
function limitNotes(options: Options, { checks, growth, seesErrors }: Planned): string[] {
  const limits = questionsOf(options, seesErrors).filter(isLimit)
  const dearest = checks.toSorted((a, b) => (b.limits?.tenth ?? 0) - (a.limits?.tenth ?? 0))[0]
  if (dearest?.limits === undefined) return []
  const { tenth, quarter, spanMs } = dearest.limits
  const { unit } = dearest
  const names = limits.map(limitText).join(' and ')
  const growing = growingIn(growth, dearest).map((index) => dearest.names[index] ?? '')
  const takes = `about ${samplesText(Math.round(tenth), unit)} where the rate is a tenth of the limit, and ${countText(Math.round(quarter))} where it is a quarter`
  const span = spanMs > 0 ? `, spread over ${countText(spanMs / 1000)} s` : ''
  const each = checks.length > 1 ? ' In the step that takes most, this is' : ' This takes'
  const near = limits.map((question) => nearText(options, question.limit, dearest))
  return [
    `${names} must be confirmed for ${listText(growing)}.${each} ${takes}${span}.`,
    ...new Set(near),
  ]
}

/** Few samples do not tell a rate near the limit from one at the limit. */
function nearText(options: Options, limit: number, { old }: Check): string {
  const error = passError(options, old)
  const samples = knownLimitPlan(limit, error).p999
  const chances = NEAR_LIMIT.map((part) => {
    const chance = passChance(limit, error, { rate: part * limit, samples })
    return `${limitPercent(part * limit)}% in ${shareText(chance, 100)}`
  })
  return `A version near a limit of ${limitPercent(limit)}% is often rolled back. With ${countText(samples)} samples of it, a rate of ${chances.join(', one of ')} of runs passes.`
}

/** Which rates the intervals between steps would show. */
function watchNotes(options: Options, planned: Planned): string[] {
  const { checks, growth } = planned
  const { stepIntervalMs, ratePerSecond = WATCH_RATE } = options
  const watched = stepIntervalMs === 0 ? [] : checks.slice(0, -1)
  const [first] = watched
  const questions = questionsOf(options, planned.seesErrors)
  if (first === undefined || questions.length === 0) return []
  const seconds = stepIntervalMs / 1000
  const shown = watched.flatMap((check) => {
    const growing = growingIn(growth, check)
    const rateOf = (question: HealthQuestion, share: number) =>
      shownRate(question, {
        alpha: (HEALTH_PART * errorChance(options)) / checks.length,
        tests: questions.length * growing.length,
        watchSeconds: seconds,
        share,
        samplesPerSecond: ratePerSecond,
      })
    return growing.map((index) => {
      const share = check.target[index] ?? 0
      const all = questions.map((question) => ({ question, ...rateOf(question, share) }))
      const place = `${check.names[index]} at ${percentText(share)} (${samplesText(all[0]?.samples ?? 0, check.unit)})`
      return `${place}: ${ratesText(all)}`
    })
  })
  return [
    `The run watches step-interval with ${ratePerSecond} ${first.unit}s a second. If the others have no errors, these rates raise an alarm within its ${countText(seconds)} s in 90% of cases: ${shown.join('; ')}.`,
  ]
}

/** `errors from 6.1%, slow replies from 8%` */
function ratesText(all: readonly { question: HealthQuestion; rate: number | undefined }[]): string {
  const least = (isOf: (question: HealthQuestion) => boolean) =>
    all
      .flatMap(({ question, rate }) => (isOf(question) && rate !== undefined ? [rate] : []))
      .toSorted((a, b) => a - b)[0]
  const isSlow = ({ kind }: HealthQuestion) => kind === 'max-latency'
  const text = (what: string, isOf: (question: HealthQuestion) => boolean) => {
    if (!all.some(({ question }) => isOf(question))) return []
    const rate = least(isOf)
    return [rate === undefined ? `no rate of ${what}` : `${what} from ${shareText(rate, 100)}`]
  }
  return [...text('errors', (question) => !isSlow(question)), ...text('slow replies', isSlow)].join(
    ', ',
  )
}

/** At 100% nothing is left to compare with. */
function aloneNotes({ compare, maxErrors }: Options, { checks, growth, seesErrors }: Planned) {
  const last = checks.at(-1)
  if (!compare || !seesErrors || maxErrors !== undefined || last === undefined) return []
  const alone = growingIn(growth, last).filter((index) => (last.target[index] ?? 0) >= 1)
  return alone.map(
    (index) =>
      `At 100%, ${last.names[index]} has no others to compare its errors with. To test them there too, set max-errors.`,
  )
}
