import type { Check, HealthPoint, Watch } from '../../rollout/model/check.ts'
import { limitPercent } from '../../rollout/model/percents.ts'
import type { HealthState } from '../../split/health/health.ts'
import { errorsOf, rateOf } from '../facts/errors.ts'
import { keptMetrics, metricFact } from '../facts/health/metrics.ts'
import { latenciesOf } from '../facts/health/quantiles.ts'
import { rateInterval } from '../facts/health/rate.ts'
import { outward, percent } from '../figures.ts'
import { latencyReport } from '../latencies.ts'
import { shortened } from '../shortened.ts'
import { rounded } from './rounded.ts'

/** Of a step that is confirmed, a few points of its course are enough. */
const FEW_POINTS = 10
/** Characters of a query, which its input has too. */
const LONGEST_QUERY = 200

/** What a check shows of health, for programs: errors, limits, times, settle, watch and metrics. */
export function healthReports(check: Check, alpha: number, isLast: boolean): object {
  return {
    health: healthReport(check, alpha, isLast),
    latencies: Object.fromEntries(
      latenciesOf(check).map((latency, index) => {
        const { samples, p50Ms, p90Ms, p99Ms, maxMs } = latencyReport(latency)
        return [check.names[index] ?? '', { samples, p50Ms, p90Ms, p99Ms, maxMs }]
      }),
    ),
    settle: check.settle ? watchReport(check, check.settle) : null,
    watch: check.watch ? watchReport(check, check.watch) : null,
    metrics: metricReports(check),
    metricsLeftOut: keptMetrics(check).leftOut,
  }
}

/** What a check shows of errors; null where errors are not tested. */
function healthReport(check: Check, alpha: number, isLast: boolean): object | null {
  const { health, names } = check
  if (health === undefined) return null
  const errors = errorsOf(check)
  const compared = health.failed?.question.kind === 'compare' ? health.failed : undefined
  return {
    destinations: names.map((name, index) => {
      const one = errors?.[index] ?? { errors: 0, replies: 0, example: undefined }
      return {
        name,
        replies: one.replies,
        errors: one.errors,
        errorPercent: one.replies === 0 ? null : percent(one.errors / one.replies),
        interval: one.replies === 0 ? null : rateInterval(rateOf(one), alpha),
        example: one.example ?? null,
      }
    }),
    unattributed: health.unattributed,
    unattributedErrors: health.unattributedErrors,
    worse: compared === undefined ? null : (names[compared.destination] ?? null),
    tests: health.states.map((state) => testReport(state, names)),
    nothingToCompare: health.nothingToCompare.map((index) => names[index] ?? ''),
    evidence: courseReport(names, isLast ? check.healthCourse : thinned(check.healthCourse)),
  }
}

function testReport(state: HealthState, names: readonly string[]): object {
  const { question, destination, samples, events, status, pass, heldBackBy, interval } = state
  return {
    question: question.kind,
    destination: names[destination] ?? '',
    limitPercent: question.kind === 'compare' ? null : limitPercent(question.limit),
    overMs: question.kind === 'max-latency' ? question.overMs : null,
    status,
    samples,
    events,
    interval: outward(interval),
    pass: question.kind === 'compare' ? null : { ...pass, spanMs: rounded(pass.spanMs) },
    heldBackBy: heldBackBy ?? null,
  }
}

/** In columns of equal length, as the evidence of an attempt. */
function courseReport(names: readonly string[], points: readonly HealthPoint[] = []): object {
  const byName = (counts: (point: HealthPoint) => readonly number[]) =>
    Object.fromEntries(
      names.map((name, index) => [name, points.map((point) => counts(point)[index] ?? 0)]),
    )
  return {
    atMs: points.map(({ atMs }) => Math.round(Math.max(0, atMs))),
    replies: byName(({ replies }) => replies),
    errors: byName(({ errors }) => errors),
    unattributedErrors: points.map(({ unattributedErrors }) => unattributedErrors),
  }
}

/** Evenly, with the last one. */
function thinned(points: readonly HealthPoint[] = []): HealthPoint[] {
  const every = Math.ceil(points.length / FEW_POINTS)
  return points.filter((_, index) => (points.length - 1 - index) % every === 0)
}

function watchReport({ names }: Check, watch: Watch): object {
  return {
    startedMs: rounded(watch.startedMs),
    tookMs: rounded(watch.tookMs),
    lastsMs: watch.lastsMs === undefined ? null : rounded(watch.lastsMs),
    samplesPerSecond: watch.samplesPerSecond ?? null,
    samples: watch.samples,
    unclassified: watch.unclassified,
    counts: Object.fromEntries(names.map((name, at) => [name, watch.counts[at] ?? 0])),
    errors: watch.tallies
      ? Object.fromEntries(names.map((name, at) => [name, watch.tallies?.[at]?.errors ?? 0]))
      : null,
    ended: watch.ended ?? null,
  }
}

function metricReports(check: Check): object[] {
  return keptMetrics(check).kept.map((result) => {
    const { found, bounds } = result
    const fact = metricFact(result, check.names)
    return {
      name: result.name,
      destination: fact.destination === '' ? null : fact.destination,
      query: shortened(result.query, LONGEST_QUERY),
      when: result.when,
      atMs: rounded(result.atMs),
      tries: result.tries,
      min: bounds.min ?? null,
      max: bounds.max ?? null,
      found: found.kind,
      value: found.kind === 'no-value' ? null : found.value,
      why: found.kind === 'no-value' ? shortened(fact.value, LONGEST_QUERY) : null,
    }
  })
}
