import type { Check } from '../../rollout/model/check.ts'
import type { Outcome } from '../../rollout/model/outcome.ts'
import { percentsText } from '../../rollout/model/percents.ts'
import { shareInterval } from '../../split/numeric/interval.ts'
import { clockText } from '../facts/clock.ts'
import { alphaOf, countedOf, observedPercent } from '../facts/counted.ts'
import { askedOf, shiftedIndex } from '../facts/subject.ts'
import { timeText } from '../figures.ts'
import { escapedHtml } from '../plain-text.ts'
import type { RampSpan } from '../ramp.ts'
import type { RunRecord } from '../record.ts'
import { table } from './html.ts'
import { box, dot, evenly, legend, line, path, plot, roundTicks } from './plot.ts'

const WORDS: Readonly<Record<RampSpan['kind'], string>> = {
  preflight: 'plan and preflight checks',
  write: 'written',
  check: 'check',
  pause: 'pause',
  restore: 'restored',
  'restore-check': 'check of the restored weights',
}

/** When weights were written and checked: a picture where they changed, and a row for each stretch. */
export function timelineSection(record: RunRecord, outcome: Outcome): string {
  if (record.ramp.length === 0) return ''
  return `<h2>Timeline</h2>
${rampChart(record, outcome)}
${table(
  'Timeline',
  ['at', 'took', 'what', 'weights', 'ended'],
  record.ramp.map(({ kind, startMs, endMs, weights, ended }) => [
    clockText(record, startMs),
    timeText(endMs - startMs),
    WORDS[kind],
    weights ? percentsText(weights) : '',
    isCheck(kind) ? endedText(ended) : '',
  ]),
)}`
}

function endedText(ended: string | undefined): string {
  return ended === 'pass' ? '✔ confirmed' : `✘ ${ended ?? 'cut short'}`
}

function isCheck(kind: RampSpan['kind']): boolean {
  return kind === 'check' || kind === 'restore-check'
}

type CheckSpan = RampSpan & { check: Check | undefined }

/** The weight of the destination that the run is about, and its observed share at the end of each check. */
function rampChart(record: RunRecord, outcome: Outcome): string {
  const { previousWeights } = outcome
  const name = shiftedName(record, outcome)
  if (name === undefined || previousWeights === undefined) return ''
  const totalMs = Math.max(record.tookMs, 1)
  const x = evenly(0, totalMs)
  const y = (value: number) => 1 - value / 100
  const checks = checksOf(record, outcome)
  return `<figure><figcaption>${escapedHtml(`${name}: its weight on the object, and its share of the connections at the end of each check.`)}</figcaption>
${plot({
  label: `${name}: weight ${weightsOver(record.ramp, previousWeights[name] ?? 0, totalMs, name)
    .map(([, weight]) => `${weight}%`)
    .filter((text, index, all) => text !== all[index - 1])
    .join(', then ')}`,
  x: { place: x, ticks: roundTicks(0, totalMs, 4, timeText), title: 'time since the run began' },
  y: {
    place: evenly(0, 100),
    ticks: roundTicks(0, 100, 4, (value) => `${value}%`),
    title: `weight and share of ${name}`,
  },
  shapes: [
    ...checks.map(({ startMs, endMs }) => box('checked', [x(startMs), 0], [x(endMs), 1])),
    path(
      'asked',
      weightsOver(record.ramp, previousWeights[name] ?? 0, totalMs, name).map(
        ([atMs, weight]) => [x(atMs), y(weight)] as const,
      ),
    ),
    ...checks.map((one) => whisker(record, one, name, [x, y])),
  ].join(''),
  marks: checks.map((one) => observedDot(record, one, name, [x, y])).join(''),
})}
${legend([
  { kind: 'asked', shape: 'line', text: 'weight on the object' },
  { kind: 'dot', shape: 'dot', text: 'observed, with its interval' },
  { kind: 'checked', shape: 'area', text: 'connections are sampled' },
])}</figure>`
}

/** undefined where nothing was written. */
function shiftedName(record: RunRecord, outcome: Outcome): string | undefined {
  const asked = askedOf(record, outcome)
  const isWritten = record.ramp.some(({ kind }) => kind === 'write')
  return isWritten && asked ? asked.names[shiftedIndex(record, asked)] : undefined
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
    // A restore that did not come so far has no check behind it.
    const atMs = kind === 'write' ? endMs : kind === 'restore-check' ? startMs : undefined
    const next = weights?.[name]
    if (atMs === undefined || next === undefined) continue
    corners.push([atMs, weight], [atMs, next])
    weight = next
  }
  return [...corners, [totalMs, weight]]
}

/** The stretches of checks are in the order of the checks. */
function checksOf({ ramp, restoreCheck }: RunRecord, { checks }: Outcome): CheckSpan[] {
  const forward = ramp.filter(({ kind }) => kind === 'check')
  return ramp
    .filter(({ kind }) => isCheck(kind))
    .map((span) => ({
      ...span,
      check: span.kind === 'check' ? checks[forward.indexOf(span)] : restoreCheck,
    }))
}

type Places = readonly [x: (ms: number) => number, y: (value: number) => number]

function whisker(record: RunRecord, { check, endMs }: CheckSpan, name: string, [x, y]: Places) {
  if (check === undefined) return ''
  const { counts, recognized } = countedOf(check, alphaOf(record))
  if (recognized === 0) return ''
  const hits = counts[check.names.indexOf(name)] ?? 0
  const [low, high] = shareInterval(hits, recognized, alphaOf(record), check.plan.mean)
  return line('whisker', [x(endMs), y(high * 100)], [x(endMs), y(low * 100)])
}

function observedDot(record: RunRecord, { check, endMs }: CheckSpan, name: string, [x, y]: Places) {
  const counted = check && countedOf(check, alphaOf(record))
  const observed = counted && observedPercent(counted, check.names.indexOf(name))
  return observed === undefined ? '' : dot([x(endMs), y(observed)])
}
