import type { Check, Watch } from '../../rollout/model/check.ts'
import type { RunEvent } from '../../rollout/model/events.ts'
import { countText, percentsOf, percentsText, samplesText } from '../../rollout/model/percents.ts'
import { limitName, limitStates } from '../facts/health/limits.ts'
import { metricFact, metricLine } from '../facts/health/metrics.ts'
import { ofText } from '../facts/health/rate.ts'
import { watchedText, watchPlan, watchSamples } from '../facts/health/watched.ts'
import { shiftedIndex } from '../facts/subject.ts'
import { timeText } from '../figures.ts'
import type { RunRecord } from '../record.ts'
import type { LogLine } from './log-line.ts'

type Settling = Extract<RunEvent, { kind: 'settling' }>
type Watching = Extract<RunEvent, { kind: 'watching' }>

/** `  Limits after 38 s: v2 errors < 1%, 0 of 312.`; what became of them is said at the end of the check. */
export function settlingLines({ check, now }: Settling): LogLine[] {
  if (now.ended !== undefined || now.samples === 0) return []
  const limits = limitTexts(check).join('; ')
  return info(
    `  Limits after ${passedText(now.tookMs)}: ${limits === '' ? samplesText(now.samples, check.unit) : limits}`,
  )
}

/** Progress of a watch, and how it ended. */
export function watchingLines({ check, now }: Watching, record: RunRecord): LogLine[] {
  // The title of its group says that it begins.
  if (now.ended === undefined)
    return now.samples === 0 ? [] : info(`  ${watchProgress(check, now, record)}`)
  const text = watchedText({ unit: check.unit, watch: now })
  const isOver = now.ended === 'over'
  return [
    {
      level: 'info',
      text: `${isOver ? '✔ W' : '✘ A'}${text.slice(1)}.`,
      tone: isOver ? 'good' : 'bad',
    },
    ...info(...watchErrorLines(check, now, record)),
  ]
}

/** `Watch v1 80%, v2 20% for 10 min, at 10 requests a second` */
export function watchTitle({ check, now }: Watching): string {
  const plan = watchPlan(now, check.unit)
  return `Watch ${percentsText(percentsOf(check.names, check.target))}${plan === '' ? '' : ` for ${plan}`}`
}

export function metricLines({ check, results }: Extract<RunEvent, { kind: 'metrics' }>): LogLine[] {
  return results.map((result): LogLine => {
    const fact = metricFact(result, check.names)
    const mark = fact.within === undefined ? '?' : fact.within ? '✔' : '✘'
    const tone = fact.within === undefined ? 'warning' : fact.within ? 'good' : 'bad'
    return { level: 'info', text: `${mark} ${metricLine(fact)}`, tone }
  })
}

function watchProgress(check: Check, now: Watch, record: RunRecord): string {
  const errors = watchErrors(check, now, record)
  const beside = errors.length === 0 ? '' : `, errors ${errors.join(', ')}`
  return `Watched ${watchTime(now)}: ${watchSamples(now, check.unit)}${beside}`
}

function watchErrorLines(check: Check, now: Watch, record: RunRecord): string[] {
  const errors = watchErrors(check, now, record)
  return errors.length === 0 ? [] : [`Errors in the watch: ${errors.join(', ')}.`]
}

/** `2.5 min of 10 min`, and without an end `38 s`. */
export function watchTime({ tookMs, lastsMs }: Pick<Watch, 'tookMs' | 'lastsMs'>): string {
  const took = passedText(tookMs)
  return lastsMs === undefined ? took : `${took} of ${timeText(lastsMs)}`
}

/** Time that goes on while it is read: whole seconds, then tenths of minutes. */
function passedText(ms: number): string {
  if (ms < 120_000) return `${Math.round(ms / 1000)} s`
  return `${Math.round(ms / 6000) / 10} min`
}

/** `v2 0 of 260` errors of each destination with a sample, the one that the run is about first; empty where they cannot be seen. */
export function watchErrors(
  check: Check,
  { tallies }: Watch,
  record: Pick<RunRecord, 'plan'>,
): string[] {
  const shifted = shiftedIndex(record, check)
  const order = [
    shifted,
    ...check.names.map((_, index) => index).filter((index) => index !== shifted),
  ]
  return order.flatMap((index) => {
    const { ok, errors } = tallies?.[index] ?? { ok: 0, errors: 0 }
    if (ok + errors === 0) return []
    return [`${check.names[index]} ${ofText({ events: errors, samples: ok + errors })}`]
  })
}

/** `v2 errors < 1%: 0 of 312`, of each limit that is not decided yet. */
export function limitTexts(check: Check): string[] {
  return limitStates(check)
    .filter(({ status }) => status === 'open')
    .map(({ question, destination, pass }) => {
      const of = question.kind === 'max-errors' ? '' : ' longer'
      return `${check.names[destination]} ${limitName(question)}: ${countText(pass.events)} of ${countText(pass.samples)}${of}`
    })
}

function info(...texts: string[]): LogLine[] {
  return texts.map((text) => ({ level: 'info', text }))
}
