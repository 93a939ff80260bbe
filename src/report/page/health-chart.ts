import type { Check, HealthPoint } from '../../rollout/model/check.ts'
import { percentText } from '../../rollout/model/percents.ts'
import { alphaOf, confidenceOf } from '../facts/counted.ts'
import { limitStates } from '../facts/health/limits.ts'
import { type Rate, rateInterval, rateText } from '../facts/health/rate.ts'
import { shiftedIndex } from '../facts/subject.ts'
import { escapedHtml } from '../plain-text.ts'
import type { RunRecord } from '../record.ts'
import {
  area,
  dot,
  evenly,
  label,
  legend,
  line,
  path,
  plot,
  roundTicks,
  type Swatch,
  timeTicks,
} from './plot.ts'

/** Charts of a check, and points of a curve, each of which takes an interval. Of steps that are confirmed, few are enough. */
const OF_THE_LAST = { charts: 3, points: 60 }
const OF_OTHERS = { charts: 1, points: 20 }

/** Error rate and interval of one destination after so much time, in percent. */
type Point = { atMs: number; observed: number; low: number; high: number }

/** How the errors of the growing destinations developed, beside those of the others; empty where there is nothing to see. */
export function healthCharts(check: Check, record: RunRecord, isLast: boolean): string {
  const { health, healthCourse = [], names } = check
  const limits = limitStates(check).filter(({ question }) => question.kind === 'max-errors')
  const hasErrors = health?.tallies.some(({ errors }) => errors > 0) ?? false
  if (healthCourse.length < 2 || (!hasErrors && limits.length === 0)) return ''
  const growing = new Set((health?.states ?? []).map(({ destination }) => destination))
  const most = isLast ? OF_THE_LAST : OF_OTHERS
  const shown = growing.size > 0 ? [...growing] : [shiftedIndex(record, check)]
  return shown
    .slice(0, most.charts)
    .map((index) =>
      healthChart(check, record, { index, isOnly: names.length < 2, points: most.points }),
    )
    .join('\n')
}

function healthChart(
  check: Check,
  record: RunRecord,
  { index, isOnly, points }: { index: number; isOnly: boolean; points: number },
): string {
  const alpha = alphaOf(record)
  const name = check.names[index] ?? ''
  const courses = [beforeWatch(check), sinceWatch(check)]
    .filter(({ length }) => length > 0)
    .map((course) => thinned(course, points))
  const curves = (rateAt: (point: HealthPoint) => Rate) =>
    courses.map((course) => pointsOf(course, rateAt, alpha)).filter(({ length }) => length > 0)
  const own = curves((point) => rateOfOne(point, index))
  const others = isOnly ? [] : curves((point) => rateOfOthers(point, index))
  const limit = limitStates(check).find(
    ({ question, destination }) => question.kind === 'max-errors' && destination === index,
  )?.question.limit
  const end = check.healthCourse?.at(-1)
  const endMs = Math.max(end?.atMs ?? 0, 1)
  const max = topOf(
    [...own, ...others].flatMap((curve) => curve.slice(-1)),
    limit,
  )
  const x = evenly(0, endMs)
  const y = (rate: number) => 1 - rate / max
  const said = end ? rateText(rateOfOne(end, index), alpha) : ''
  const beside = end && !isOnly ? `, the others ${rateText(rateOfOthers(end, index), alpha)}` : ''
  const drawn = (points: readonly Point[]) =>
    points.map(({ atMs, observed }) => [x(atMs), y(observed)] as const)
  const last = own.at(-1)?.at(-1)
  const again = check.watch ? ', and again since the watch began' : ''
  const limited = limit === undefined ? '' : `, limit ${percentText(limit)}`
  return `<figure><figcaption>${escapedHtml(`${name}: error rate since the weights were set${again}${limited}.`)}</figcaption>
${plot({
  label: `${name}: error rate ${said}${beside}${limited}`,
  x: {
    place: x,
    ticks: timeTicks(endMs, 5),
    title: 'time since the weights were set',
  },
  y: {
    place: evenly(0, max),
    ticks: roundTicks(0, max, 4, (value) => `${value}%`),
    title: 'error rate',
  },
  shapes: [
    ...own.map((points) => intervalArea(points, x, y)),
    ...(limit === undefined ? [] : [line('limit', [0, y(limit * 100)], [1, y(limit * 100)])]),
    ...phases(check).map(({ atMs }) => line('border', [x(atMs), 0], [x(atMs), 1])),
    ...others.map((points) => path('others', drawn(points))),
    ...own.map((points) => path('observed', drawn(points))),
  ].join(''),
  marks: [
    last ? dot([x(last.atMs), y(last.observed)]) : '',
    ...phases(check).map(({ atMs, text }) => label(text, [Math.min(0.99, x(atMs) + 0.01), 0.06])),
  ].join(''),
})}
${legend([
  { kind: 'observed', shape: 'line', text: `errors of ${name}` },
  {
    kind: 'interval',
    shape: 'area',
    text: `interval at ${confidenceOf(record)}% confidence, at every moment`,
  },
  ...(isOnly ? [] : [swatch('others', 'errors of the others')]),
  ...(limit === undefined ? [] : [swatch('limit', `limit, ${percentText(limit)}`)]),
])}</figure>`
}

function swatch(kind: string, text: string): Swatch {
  return { kind, shape: 'line', text }
}

/** Where the samples are taken for something other than before. */
function phases({ settle, watch }: Check): { atMs: number; text: string }[] {
  return [
    ...(settle ? [{ atMs: settle.startedMs, text: 'split confirmed' }] : []),
    ...(watch ? [{ atMs: watch.startedMs, text: 'watch' }] : []),
  ]
}

/** What a point has more than the last one before the watch, so that the watch has a curve of its own. */
function sinceWatch({ healthCourse = [], watch }: Check): HealthPoint[] {
  if (watch === undefined) return []
  const before = healthCourse.findLast(({ atMs }) => atMs < watch.startedMs)
  const less = (counts: readonly number[], some: readonly number[] = []) =>
    counts.map((count, index) => count - (some[index] ?? 0))
  return healthCourse
    .filter(({ atMs }) => atMs >= watch.startedMs)
    .map((point) => ({
      ...point,
      replies: less(point.replies, before?.replies),
      errors: less(point.errors, before?.errors),
      unattributedErrors: point.unattributedErrors - (before?.unattributedErrors ?? 0),
    }))
}

function beforeWatch({ healthCourse = [], watch }: Check): HealthPoint[] {
  return healthCourse.filter(({ atMs }) => watch === undefined || atMs < watch.startedMs)
}

function pointsOf(
  course: readonly HealthPoint[],
  rateAt: (point: HealthPoint) => Rate,
  alpha: number,
): Point[] {
  return course.flatMap((point) => {
    const rate = rateAt(point)
    if (rate.samples === 0) return []
    const [low, high] = rateInterval(rate, alpha)
    return [
      { atMs: Math.max(0, point.atMs), observed: (rate.events / rate.samples) * 100, low, high },
    ]
  })
}

function rateOfOne({ replies, errors }: HealthPoint, index: number): Rate {
  return { events: errors[index] ?? 0, samples: replies[index] ?? 0 }
}

function rateOfOthers({ replies, errors, unattributedErrors }: HealthPoint, index: number): Rate {
  const without = (counts: readonly number[]) =>
    counts.reduce((sum, count, at) => (at === index ? sum : sum + count), 0)
  return {
    events: without(errors) + unattributedErrors,
    samples: without(replies) + unattributedErrors,
  }
}

/** Evenly, with the last one. */
function thinned(points: readonly HealthPoint[], most: number): HealthPoint[] {
  const every = Math.ceil(points.length / most)
  return points.filter((_, index) => (points.length - 1 - index) % every === 0)
}

/** The end of the curves and the limit are to be seen, and of the wide intervals at the beginning not all. */
function topOf(ends: readonly Point[], limit: number | undefined): number {
  const seen = ends.flatMap(({ observed, high }) => [observed * 1.5, high * 1.2])
  return Math.min(100, Math.max(...seen, (limit ?? 0) * 200, 0.01))
}

function intervalArea(
  points: readonly Point[],
  x: (ms: number) => number,
  y: (rate: number) => number,
): string {
  const upper = points.map(({ atMs, high }) => [x(atMs), y(high)] as const)
  const lower = points.map(({ atMs, low }) => [x(atMs), y(low)] as const)
  return area('interval', [...upper, ...lower.reverse()])
}
