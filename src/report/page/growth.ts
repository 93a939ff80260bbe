import type { Attempt, Check } from '../../rollout/model/check.ts'
import { type SharePoint, shareGrowth } from '../evidence.ts'
import { percent } from '../figures.ts'
import { escapedHtml } from '../plain-text.ts'
import { area, box, dot, evenly, legend, line, path, plot, roundTicks, said } from './plot.ts'

const MOST_CHARTS = 6

/** How the evidence of a check grew: observed share and interval over its connections, try after try. */
export function growthCharts(check: Check, confidencePercent: number): string {
  const attempts = check.attempts.filter(({ evidence }) => evidence.length > 0)
  if (attempts.length === 0) return ''
  const alpha = (100 - confidencePercent) / 100
  return chartedDestinations(check)
    .map((index) => growthChart(check, attempts, index, alpha, confidencePercent))
    .join('\n')
}

/** Of two destinations one says it all: that whose share was to grow most. */
function chartedDestinations({ names, target, old }: Check): number[] {
  const all = names.map((_, index) => index)
  if (names.length > 2) return all.slice(0, MOST_CHARTS)
  const growth = (index: number) => (target[index] ?? 0) - (old?.[index] ?? 0)
  const most = old ? all.toSorted((a, b) => growth(b) - growth(a))[0] : all.at(-1)
  return most === undefined ? [] : [most]
}

type Curve = { one: Attempt; from: number; points: SharePoint[] }

function growthChart(
  check: Check,
  attempts: readonly Attempt[],
  index: number,
  alpha: number,
  confidencePercent: number,
): string {
  let connections = 0
  const curves = attempts.map((one): Curve => {
    const curve = { one, from: connections, points: shareGrowth(check, one, index, alpha) }
    connections += one.samples
    return curve
  })
  const name = check.names[index] ?? ''
  const target = (check.target[index] ?? 0) * 100
  const tolerance = (check.tolerance[index] ?? 0) * 100
  const [min, max] = range(target, tolerance, curves.at(-1)?.points.at(-1))
  const x = evenly(0, connections)
  const up = evenly(min, max)
  const y = (value: number) => 1 - up(value)
  const decided = decisionText(check, attempts.at(-1))
  const low = Math.max(0, target - tolerance)
  const high = Math.min(100, target + tolerance)
  const end = curves.at(-1)?.points.at(-1)
  return `<figure><figcaption>${escapedHtml(`${name}: share of the connections that could be told. ${decided}${undrawn(check, attempts)}`)}</figcaption>
${plot({
  label: `${name}: asked for ${percent(target / 100)}% within ${percent(tolerance / 100)} points; ${endText(end)} ${decided}`,
  x: { place: x, ticks: roundTicks(0, connections, 5, (value) => value.toLocaleString('en-US')) },
  y: { place: up, ticks: roundTicks(min, max, 5, (value) => `${value}%`) },
  shapes: [
    box('band', [0, y(high)], [1, y(low)]),
    ...curves.map(({ from, points }) => intervalArea(points, (n) => x(from + n), y)),
    ...[low, high].map((margin) => line('margin', [0, y(margin)], [1, y(margin)])),
    line('asked', [0, y(target)], [1, y(target)]),
    ...curves.slice(1).map(({ from }) => line('border', [x(from), 0], [x(from), 1])),
    ...curves.map(({ from, points }) => observedLine(points, (n) => x(from + n), y)),
    line('decided', [1, 0], [1, 1]),
  ].join(''),
  marks: `${end?.observed === undefined ? '' : dot([1, y(end.observed)])}${said(check.ended ?? 'cut short', [0.99, 0.05])}`,
})}
${legend([
  { kind: 'observed', shape: 'line', text: 'observed' },
  { kind: 'interval', shape: 'area', text: `interval, ${confidencePercent}% at every moment` },
  { kind: 'asked', shape: 'line', text: `asked for, ${percent(target / 100)}%` },
  { kind: 'band', shape: 'area', text: `band, ± ${percent(tolerance / 100)} points` },
  ...(attempts.length > 1
    ? [{ kind: 'border', shape: 'line' as const, text: 'another try begins' }]
    : []),
  { kind: 'decided', shape: 'line', text: 'moment of decision' },
])}</figure>`
}

/** So much of 0 to 100 that the band and where it ended can be told apart. */
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
  points: readonly SharePoint[],
  x: (connections: number) => number,
  y: (value: number) => number,
): string {
  // Before the first connection anything may be.
  const all = [{ samples: 0, low: 0, high: 100 }, ...points]
  const upper = all.map(({ samples, high }) => [x(samples), y(high)] as const)
  const lower = all.map(({ samples, low }) => [x(samples), y(low)] as const)
  return area('interval', [...upper, ...lower.reverse()])
}

function observedLine(
  points: readonly SharePoint[],
  x: (connections: number) => number,
  y: (value: number) => number,
): string {
  return path(
    'observed',
    points.flatMap(({ samples, observed }) =>
      observed === undefined ? [] : [[x(samples), y(observed)] as const],
    ),
  )
}

function decisionText(check: Check, last: Attempt | undefined): string {
  if (last === undefined) return ''
  const what = check.ended ?? last.decision
  return what === undefined
    ? `Not decided after ${last.samples} connections.`
    : `Decided after ${last.samples} connections${check.attempts.length > 1 ? ` of try ${last.number}` : ''}: ${what}.`
}

function endText(end: SharePoint | undefined): string {
  if (end?.observed === undefined) return 'nothing observed.'
  return `observed ${end.observed}%, interval ${Math.round(end.low * 10) / 10} to ${Math.round(end.high * 10) / 10}%.`
}

function undrawn({ attempts, attemptsLeftOut }: Check, drawn: readonly Attempt[]): string {
  const others = attempts.length + attemptsLeftOut - drawn.length
  return others === 0 ? '' : ` ${others} earlier tries are not drawn.`
}
