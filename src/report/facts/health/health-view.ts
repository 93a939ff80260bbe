import { capitalized } from '../../../problem/sentence.ts'
import type { Check } from '../../../rollout/model/check.ts'
import { limitPercent, samplesText } from '../../../rollout/model/percents.ts'
import { timeText } from '../../figures.ts'
import { aloneTexts } from './alone.ts'
import { type HealthTable, healthTable } from './health-table.ts'
import { limitStates } from './limits.ts'
import { METRICS_REMARK, type MetricFact, metricsOf } from './metrics.ts'
import { type Rate, rateInterval } from './rate.ts'
import { watchedText } from './watched.ts'

/** What a check shows of health beside its split, for every display that has tables. */
export type HealthView = {
  table: HealthTable | undefined
  /** Sentences below the table. */
  remarks: readonly string[]
  metrics: readonly MetricFact[]
  /** Below the metrics. */
  metricsRemark: string
}

/** @param confidencePercent of the run */
export function healthView(check: Check, confidencePercent: number): HealthView {
  const table = healthTable(check, (100 - confidencePercent) / 100)
  const watched = watchedText(check)
  const metrics = metricsOf(check)
  return {
    table,
    remarks: [
      ...(table ? [coveredText(check, confidencePercent)] : []),
      ...(watched === '' ? [] : [`${capitalized(watched)}.`]),
      ...sharperText(check, (100 - confidencePercent) / 100),
      ...aloneTexts(check),
    ].filter((text) => text !== ''),
    metrics,
    metricsRemark: metrics.length === 0 ? '' : METRICS_REMARK,
  }
}

/** What the table rests on. */
function coveredText(check: Check, confidencePercent: number): string {
  const { health, healthCourse = [], unit } = check
  if (health === undefined) return ''
  const known = health.tallies.reduce((sum, { ok, errors }) => sum + ok + errors, 0)
  const samples = known + Math.max(health.unattributed, health.unattributedErrors)
  const from = healthCourse.at(0)?.atMs
  const to = healthCourse.at(-1)?.atMs
  const time = from === undefined || to === undefined ? 'time' : timeText(to - from)
  return `Of ${samplesText(samples, unit)} in the ${time} since the weights were set. In parentheses is the interval of an error rate at ${confidencePercent}% confidence, which holds at every moment.`
}

/** A limit may pass before the interval excludes it. */
function sharperText(check: Check, alpha: number): string[] {
  if (check.health?.failed !== undefined) return []
  const reaches = limitStates(check).some(
    ({ question, destination, status }) =>
      question.kind === 'max-errors' &&
      status === 'passed' &&
      rateInterval(rateAt(check, destination), alpha)[1] > limitPercent(question.limit),
  )
  return reaches
    ? [
        'The test of the limit is sharper than the interval, which may therefore reach beyond the limit.',
      ]
    : []
}

function rateAt({ health }: Check, index: number): Rate {
  const { ok = 0, errors = 0 } = health?.tallies[index] ?? {}
  return { events: errors, samples: ok + errors }
}
