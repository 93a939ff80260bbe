import type { Check } from '../../rollout/model/check.ts'
import type { Outcome } from '../../rollout/model/outcome.ts'
import { percentsText } from '../../rollout/model/percents.ts'
import { shareInterval } from '../../split/numeric/interval.ts'
import { clockText } from '../facts/clock.ts'
import { alphaOf, countedOf, observedPercent } from '../facts/counted.ts'
import { LIMITS_OPEN } from '../facts/health/watched.ts'
import { askedOf, shiftedIndex, unitIn } from '../facts/subject.ts'
import { timeText } from '../figures.ts'
import { escapedHtml } from '../plain-text.ts'
import type { RampSpan } from '../ramp.ts'
import type { RunRecord } from '../record.ts'
import { table } from './html.ts'
import { box, dot, evenly, legend, line, path, plot, roundTicks, timeTicks } from './plot.ts'
import { assumedOver, type Corner, weightsOver } from './weight-over-time.ts'

const WORDS: Readonly<Record<Exclude<RampSpan['kind'], 'restore'>, string>> = {
  preflight: 'plan and preflight checks',
  write: 'written',
  check: 'check',
  settle: 'check of the limits',
  watch: 'watch',
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
    kind === 'restore' ? restoreText(outcome) : WORDS[kind],
    weights ? percentsText(weights) : '',
    endedText(kind, ended),
  ]),
)}`
}

/** What became of the write that was to restore the previous weights. */
function restoreText({ rolledBack, reason }: Outcome): string {
  if (rolledBack) return 'restored'
  return reason === 'changed-by-other' ? 'restore not made' : 'restore failed'
}

function endedText(kind: RampSpan['kind'], ended: string | undefined): string {
  if (kind === 'watch') return WATCH_ENDS[ended ?? ''] ?? CUT_SHORT
  if (!isCheck(kind) && kind !== 'settle') return ''
  return ended === 'pass'
    ? '✔ confirmed'
    : ended === undefined
      ? kind === 'settle'
        ? `✘ ${LIMITS_OPEN}`
        : CUT_SHORT
      : `✘ ${ended}`
}

const CUT_SHORT = '✘ cut short'
const WATCH_ENDS: Readonly<Record<string, string>> = { over: '✔ no alarm', alarm: '✘ alarm' }

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
  const known = weightsOver(record, outcome, name)
  const assumed = assumedOver(record, outcome, name)
  const drawn = (corners: readonly Corner[]) =>
    corners.map(([atMs, weight]) => [x(atMs), y(weight)] as const)
  return `<figure><figcaption>${escapedHtml(`${name}: its weight on the object, and its share of the ${unitIn(record)}s at the end of each check.`)}</figcaption>
${plot({
  label: `${name}: weight ${known
    .flat()
    .map(([, weight]) => `${weight}%`)
    .filter((text, index, all) => text !== all[index - 1])
    .join(
      ', then ',
    )}${assumed.length === 0 ? '' : `, not known ${known.length > 1 ? 'in between' : 'at the end'}`}`,
  x: { place: x, ticks: timeTicks(totalMs, 4), title: 'time since the run began' },
  y: {
    place: evenly(0, 100),
    ticks: roundTicks(0, 100, 4, (value) => `${value}%`),
    title: `weight and share of ${name}`,
  },
  shapes: [
    ...sampled(record).map(({ startMs, endMs }) => box('checked', [x(startMs), 0], [x(endMs), 1])),
    ...known.map((corners) => path('asked', drawn(corners))),
    path('margin', drawn(assumed)),
    ...checks.map((one) => whisker(record, one, name, [x, y])),
  ].join(''),
  marks: checks.map((one) => observedDot(record, one, name, [x, y])).join(''),
})}
${legend([
  { kind: 'asked', shape: 'line', text: 'weight on the object' },
  ...(assumed.length === 0
    ? []
    : [{ kind: 'margin', shape: 'line', text: 'weight not known' } as const]),
  { kind: 'dot', shape: 'dot', text: 'observed, with its interval' },
  { kind: 'checked', shape: 'area', text: `${unitIn(record)}s are sampled` },
])}</figure>`
}

/** undefined where nothing was written. */
function shiftedName(record: RunRecord, outcome: Outcome): string | undefined {
  const asked = askedOf(record, outcome)
  const isWritten = record.ramp.some(({ kind }) => kind === 'write')
  return isWritten && asked ? asked.names[shiftedIndex(record, asked)] : undefined
}

/** The stretches in which samples are taken. */
function sampled({ ramp }: RunRecord): RampSpan[] {
  return ramp.filter(({ kind }) => isCheck(kind) || kind === 'settle' || kind === 'watch')
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
