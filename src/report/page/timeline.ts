import type { Check } from '../../rollout/model/check.ts'
import type { Outcome } from '../../rollout/model/outcome.ts'
import { percentsText } from '../../rollout/model/percents.ts'
import { intervalPercents, observedPercents, timeText } from '../figures.ts'
import { escapedHtml } from '../plain-text.ts'
import type { RampSpan } from '../ramp.ts'
import type { RunRecord } from '../record.ts'
import { table } from './html.ts'
import { box, dot, evenly, legend, line, path, plot, roundTicks } from './plot.ts'

const WORDS: Readonly<Record<RampSpan['kind'], string>> = {
  preflight: 'plan and preflight',
  write: 'written',
  check: 'check',
  pause: 'pause',
  restore: 'put back',
  'restore-check': 'check of the restored weights',
}

/** When what was written and proved: a picture where weights changed, and a row for each stretch. */
export function timelineSection(record: RunRecord, outcome: Outcome): string {
  if (record.ramp.length === 0) return ''
  return `<h2>Timeline</h2>
${rampChart(record, outcome)}
${table(
  'Timeline',
  ['at', 'took', 'what', 'weights', 'ended'],
  record.ramp.map(({ kind, startMs, endMs, weights, ended }) => [
    timeText(startMs),
    timeText(endMs - startMs),
    WORDS[kind],
    weights ? percentsText(weights) : '',
    isCheck(kind) ? (ended ?? 'cut short') : '',
  ]),
)}`
}

function isCheck(kind: RampSpan['kind']): boolean {
  return kind === 'check' || kind === 'restore-check'
}

type CheckTask = RampSpan & { check: Check | undefined }

/** The weight of the destination that was to move most, and what was observed of it at the end of each proof. */
function rampChart(record: RunRecord, outcome: Outcome): string {
  const { previousWeights } = outcome
  const name = movedMost(record, outcome)
  if (name === undefined || previousWeights === undefined) return ''
  const totalMs = Math.max(record.tookMs, 1)
  const x = evenly(0, totalMs)
  const y = (value: number) => 1 - value / 100
  const proofs = checksOf(record, outcome)
  return `<figure><figcaption>${escapedHtml(`${name}: its weight on the object, and its share of the connections at the end of each proof.`)}</figcaption>
${plot({
  label: `${name}: weight ${weightsOver(record.ramp, previousWeights[name] ?? 0, totalMs, name)
    .map(([, weight]) => `${weight}%`)
    .filter((text, index, all) => text !== all[index - 1])
    .join(', then ')}`,
  x: { place: x, ticks: roundTicks(0, totalMs, 4, timeText) },
  y: { place: evenly(0, 100), ticks: roundTicks(0, 100, 4, (value) => `${value}%`) },
  shapes: [
    ...proofs.map(({ startMs, endMs }) => box('check', [x(startMs), 0], [x(endMs), 1])),
    path(
      'asked',
      weightsOver(record.ramp, previousWeights[name] ?? 0, totalMs, name).map(
        ([atMs, weight]) => [x(atMs), y(weight)] as const,
      ),
    ),
    ...proofs.map((proof) => whisker(proof, name, x, y)),
  ].join(''),
  marks: proofs.map((proof) => observedDot(proof, name, x, y)).join(''),
})}
${legend([
  { kind: 'asked', shape: 'line', text: 'weight on the object' },
  { kind: 'dot', shape: 'dot', text: 'observed, with its interval' },
  { kind: 'check', shape: 'area', text: 'connections are made' },
])}</figure>`
}

/** undefined where nothing was written. */
function movedMost({ ramp }: RunRecord, { previousWeights }: Outcome): string | undefined {
  const target = ramp.findLast(({ kind }) => kind === 'write')?.weights
  if (target === undefined || previousWeights === undefined) return undefined
  const growth = (name: string) => (target[name] ?? 0) - (previousWeights[name] ?? 0)
  return Object.keys(target).toSorted((a, b) => growth(b) - growth(a))[0]
}

/** Corners of the line that the weight makes over time. */
function weightsOver(
  ramp: readonly RampSpan[],
  before: number,
  totalMs: number,
  name: string,
): [atMs: number, weight: number][] {
  let weight = before
  const corners: [number, number][] = [[0, weight]]
  for (const { kind, endMs, startMs, weights } of ramp) {
    // A way back that did not come so far has no proof behind it.
    const atMs = kind === 'write' ? endMs : kind === 'restore-check' ? startMs : undefined
    const next = weights?.[name]
    if (atMs === undefined || next === undefined) continue
    corners.push([atMs, weight], [atMs, next])
    weight = next
  }
  return [...corners, [totalMs, weight]]
}

/** The proofs' stretches are in the order of the checks. */
function checksOf({ ramp, restoreCheck }: RunRecord, { checks }: Outcome): CheckTask[] {
  const forward = ramp.filter(({ kind }) => kind === 'check')
  return ramp
    .filter(({ kind }) => isCheck(kind))
    .map((span) => ({
      ...span,
      check: span.kind === 'check' ? checks[forward.indexOf(span)] : restoreCheck,
    }))
}

function whisker(
  { check, endMs }: CheckTask,
  name: string,
  x: (ms: number) => number,
  y: (value: number) => number,
): string {
  const interval = check && intervalPercents(check)?.[name]
  if (interval === undefined) return ''
  const [low, high] = interval
  return line('whisker', [x(endMs), y(high)], [x(endMs), y(low)])
}

function observedDot(
  { check, endMs }: CheckTask,
  name: string,
  x: (ms: number) => number,
  y: (value: number) => number,
): string {
  const observed = check && observedPercents(check)?.[name]
  return observed === undefined ? '' : dot([x(endMs), y(observed)])
}
