import { latencyQuantileMs } from '../../evidence/probe/latency.ts'
import { quotedReply } from '../../problem/quoted.ts'
import type { Check } from '../../rollout/model/check.ts'
import { countText } from '../../rollout/model/percents.ts'
import { timeText } from '../figures.ts'
import { aloneTexts } from './health/alone.ts'
import { latencyLimit, limitSentences, quantileName } from './health/limits.ts'
import { latenciesOf } from './health/quantiles.ts'
import { judgedText, judgedWord, ofText, type Rate } from './health/rate.ts'

/** The errors of one destination since the last write. */
export type DestinationErrors = {
  name: string
  errors: number
  /** Replies, with those that were errors. */
  replies: number
  example: string | undefined
  /** A health test of it failed. */
  isWorse: boolean
}

/** The errors of each destination; undefined where errors are not tested, or before any reply. */
export function errorsOf({
  names,
  health,
  errorExamples,
}: Pick<Check, 'names' | 'health' | 'errorExamples'>): DestinationErrors[] | undefined {
  if (health === undefined) return undefined
  const all = names.map((name, index) => {
    const { ok = 0, errors = 0 } = health.tallies[index] ?? {}
    const isWorse = health.failed?.destination === index
    return { name, errors, replies: ok + errors, example: errorExamples?.[index], isWorse }
  })
  return all.some(({ replies }) => replies > 0) ? all : undefined
}

export function rateOf({ errors, replies }: Pick<DestinationErrors, 'errors' | 'replies'>): Rate {
  return { events: errors, samples: replies }
}

/** `8 of 178`; empty of a destination without a reply. */
export function errorsText(one: DestinationErrors): string {
  return one.replies === 0 ? '' : ofText(rateOf(one))
}

/** `Errors: v1 0 of 715 replies, v2 8 of 178 (for example "503 broken").`; nothing where errors are not tested. */
export function errorLines(check: Check): string[] {
  const all = errorsOf(check)
  if (all === undefined) return []
  const unattributed = check.health?.unattributedErrors ?? 0
  const loose = unattributed === 0 ? '' : ` ${countText(unattributed)} of no known destination.`
  if (all.every(({ errors }) => errors === 0) && unattributed === 0)
    return [
      noneText(
        check,
        all.reduce((sum, { replies }) => sum + replies, 0),
      ),
    ]
  const texts = all
    .filter(({ replies }) => replies > 0)
    .map((one, index) => {
      const of = `${one.name} ${errorsText(one)}${index === 0 ? ` ${judgedWord(check.unit)}` : ''}`
      return one.example === undefined ? of : `${of} (for example ${quotedReply(one.example)})`
    })
  return [`Errors: ${texts.join(', ')}.${loose}`]
}

function noneText({ unit }: Check, replies: number): string {
  return `Errors: none in ${judgedText(replies, unit)}.`
}

/** Errors, times and limits of a check, a line each. @param alpha 1 - confidence */
export function healthLines(check: Check, alpha: number): string[] {
  return [
    ...errorLines(check),
    ...timeLines(check),
    ...limitSentences(check, alpha),
    ...aloneTexts(check),
  ]
}

/** `Times: p99 of v1 9 ms, of v2 8 ms.`; nothing without a limit of them. */
function timeLines(check: Check): string[] {
  const limit = latencyLimit(check)
  if (limit === undefined) return []
  const times = latenciesOf(check).flatMap((latency, index) =>
    latency.count === 0
      ? []
      : [`of ${check.names[index]} ${timeText(latencyQuantileMs(latency, 1 - limit.limit))}`],
  )
  return times.length === 0 ? [] : [`Times: ${quantileName(limit)} ${times.join(', ')}.`]
}
