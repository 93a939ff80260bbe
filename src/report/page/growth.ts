import type { Attempt, Check } from '../../rollout/model/check.ts'
import { countText, samplesText } from '../../rollout/model/percents.ts'
import { type SharePoint, shareGrowth } from '../evidence.ts'
import { alphaOf, type Counted, countedOf } from '../facts/counted.ts'
import { failedWord, isSplitConfirmed } from '../facts/health/watched.ts'
import { shiftedIndex } from '../facts/subject.ts'
import { percent } from '../figures.ts'
import { escapedHtml } from '../plain-text.ts'
import type { RunRecord } from '../record.ts'
import { area, box, dot, evenly, label, legend, line, path, plot, roundTicks } from './plot.ts'

const MOST_CHARTS = 6

/** How the evidence of a check developed: observed share and interval over its samples, attempt after attempt. */
export function growthCharts(check: Check, record: RunRecord): string {
  const attempts = check.attempts.filter(({ evidence }) => evidence.length > 0)
  if (attempts.length === 0) return ''
  return chartedDestinations(check, record)
    .map((index) => growthChart({ check, attempts, index, record }))
    .join('\n')
}

/** Of two destinations one says it all. The one that the run is about comes first, and is never left out. */
function chartedDestinations(check: Check, record: RunRecord): number[] {
  const shifted = shiftedIndex(record, check)
  if (check.names.length < 3) return [shifted]
  const others = check.names.map((_, index) => index).filter((index) => index !== shifted)
  return [shifted, ...others].slice(0, MOST_CHARTS)
}

type Curve = { from: number; points: SharePoint[]; counts: boolean }
type Chart = { check: Check; attempts: readonly Attempt[]; index: number; record: RunRecord }

/** One curve an attempt. Those that count go on from each other; a superseded one is of its own samples alone. */
function curvesOf({ check, attempts, index, record }: Chart, counted: Counted): Curve[] {
  let from = 0
  let before: { counts: readonly number[]; unclassified: number } | undefined
  let end: SharePoint | undefined
  return attempts.map((one) => {
    const counts = counted.includes(one)
    const own = shareGrowth(check, counts ? continued(one, before) : one, index, alphaOf(record))
    const base = counts && before ? before.counts.reduce((a, b) => a + b, before.unclassified) : 0
    const moved = own.map((point) => ({ ...point, samples: point.samples - base }))
    const points = counts && end ? [{ ...end, samples: 0 }, ...moved] : moved
    const curve = { from, points, counts }
    if (counts) end = own.at(-1)
    from += one.samples
    if (counts) before = continued(one, before).evidence.at(-1)
    return curve
  })
}

/** An attempt whose evidence begins where that of the attempts before it ended. */
function continued(
  one: Attempt,
  before: { counts: readonly number[]; unclassified: number } | undefined,
): Attempt {
  if (before === undefined) return one
  return {
    ...one,
    evidence: one.evidence.map((point) => ({
      ...point,
      counts: point.counts.map((count, index) => count + (before.counts[index] ?? 0)),
      unclassified: point.unclassified + before.unclassified,
    })),
  }
}

function growthChart(chart: Chart): string {
  const { check, attempts, index, record } = chart
  const counted = countedOf(check, alphaOf(record))
  const curves = curvesOf(chart, counted)
  const samples = attempts.reduce((sum, one) => sum + one.samples, 0)
  const name = check.names[index] ?? ''
  const target = (check.target[index] ?? 0) * 100
  const tolerance = (check.tolerance[index] ?? 0) * 100
  const end = curves.at(-1)?.points.at(-1)
  const [min, max] = range(target, tolerance, end)
  const x = evenly(0, samples)
  const up = evenly(min, max)
  const y = (value: number) => 1 - up(value)
  const low = Math.max(0, target - tolerance)
  const high = Math.min(100, target + tolerance)
  const asked = `${percent(target / 100)}% ± ${percent(tolerance / 100)}`
  const superseded = curves.some((curve) => !curve.counts)
  return `<figure><figcaption>${escapedHtml(`${name}: observed share, target ${asked}. ${decisionText(check, counted)}${undrawn(check, attempts)}`)}</figcaption>
${plot({
  label: `${name}: target ${asked}; ${endText(end)} ${decisionText(check, counted)}`,
  x: {
    place: x,
    ticks: roundTicks(0, samples, 5, countText),
    title: `${check.unit}s since the check began`,
  },
  y: {
    place: up,
    ticks: roundTicks(min, max, 5, (value) => `${value}%`),
    title: `share of ${check.unit}s`,
  },
  shapes: [
    box('band', [0, y(high)], [1, y(low)]),
    ...curves.map((curve) => intervalArea(curve, (n) => x(curve.from + n), y)),
    ...[low, high].map((margin) => line('margin', [0, y(margin)], [1, y(margin)])),
    line('asked', [0, y(target)], [1, y(target)]),
    ...curves.slice(1).map(({ from }) => line('border', [x(from), 0], [x(from), 1])),
    ...curves.map((curve) => observedLine(curve, (n) => x(curve.from + n), y)),
    line('decided', [1, 0], [1, 1]),
  ].join(''),
  marks: `${end?.observed === undefined ? '' : dot([1, y(end.observed)])}${label(isSplitConfirmed(check) ? '✔ confirmed' : `✘ ${failedWord(check)}`, [0.99, 0.05])}`,
})}
${legend([
  { kind: 'observed', shape: 'line', text: 'observed' },
  {
    kind: 'interval',
    shape: 'area',
    text: `interval at ${record.options?.confidencePercent ?? 99}% confidence, at every moment`,
  },
  { kind: 'asked', shape: 'line', text: `target, ${percent(target / 100)}%` },
  { kind: 'band', shape: 'area', text: `tolerance, ± ${percent(tolerance / 100)}` },
  ...(attempts.length > 1
    ? [{ kind: 'border', shape: 'line' as const, text: 'another attempt begins' }]
    : []),
  ...(superseded
    ? [{ kind: 'superseded', shape: 'line' as const, text: 'superseded attempt' }]
    : []),
])}</figure>`
}

/** The part of 0 to 100 in which the band and the end are distinct. */
function range(
  target: number,
  tolerance: number,
  end: SharePoint | undefined,
): [min: number, max: number] {
  const margins = [target - 3 * tolerance, target + 3 * tolerance]
  const seen = end?.observed === undefined ? [0, 100] : [end.low, end.high]
  const all = [...margins, ...seen]
  const margin = 0.1 * (Math.max(...all) - Math.min(...all))
  return [Math.max(0, Math.min(...all) - margin), Math.min(100, Math.max(...all) + margin)]
}

function intervalArea(
  { points, counts, from }: Curve,
  x: (samples: number) => number,
  y: (value: number) => number,
): string {
  // Before the first sample every share is possible.
  const all = from === 0 || !counts ? [{ samples: 0, low: 0, high: 100 }, ...points] : points
  const upper = all.map(({ samples, high }) => [x(samples), y(high)] as const)
  const lower = all.map(({ samples, low }) => [x(samples), y(low)] as const)
  return area(counts ? 'interval' : 'superseded-interval', [...upper, ...lower.reverse()])
}

function observedLine(
  { points, counts }: Curve,
  x: (samples: number) => number,
  y: (value: number) => number,
): string {
  return path(
    counts ? 'observed' : 'superseded',
    points.flatMap(({ samples, observed }) =>
      observed === undefined ? [] : [[x(samples), y(observed)] as const],
    ),
  )
}

function decisionText(check: Check, { includes, leftOut, further }: Counted): string {
  const samples = check.attempts
    .filter(includes)
    .reduce((sum, one) => sum + one.samples, leftOut + further)
  const ended = isSplitConfirmed(check) ? 'Confirmed' : failedWord(check)
  return `${ended.slice(0, 1).toUpperCase()}${ended.slice(1)} after ${samplesText(samples, check.unit)}.`
}

function endText(end: SharePoint | undefined): string {
  if (end?.observed === undefined) return 'nothing observed.'
  return `observed ${end.observed}%, interval ${Math.round(end.low * 10) / 10} to ${Math.round(end.high * 10) / 10}%.`
}

function undrawn({ attempts, attemptsLeftOut }: Check, drawn: readonly Attempt[]): string {
  const others = attempts.length + attemptsLeftOut - drawn.length
  if (others === 0) return ''
  return others === 1
    ? ' 1 earlier attempt is not drawn.'
    : ` ${others} earlier attempts are not drawn.`
}
