import type { Check } from '../../rollout/model/check.ts'
import type { PlannedRun } from '../../rollout/model/events.ts'
import type { Outcome } from '../../rollout/model/outcome.ts'
import { countText, percentsOf, percentsText } from '../../rollout/model/percents.ts'
import { type Comparison, comparisonOf } from '../facts/comparison.ts'
import { countedText } from '../facts/counted.ts'
import { failedWord, watchedText } from '../facts/health/watched.ts'
import { lostName } from '../facts/lost-words.ts'
import { askedOf } from '../facts/subject.ts'
import { textBar } from '../facts/text-bar.ts'
import { percent, presentText, timeText } from '../figures.ts'
import { escaped } from '../plain-text.ts'
import type { RunRecord } from '../record.ts'
import { healthTables } from './health-tables.ts'
import { row, table } from './markdown-table.ts'

const BAR_WIDTH = 10

/** What was asked for, observed and is in force, by destination; without a check, what was asked for. */
export function comparisonTable(record: RunRecord, outcome: Outcome): string {
  const comparison = comparisonOf(record, outcome)
  if (comparison !== undefined)
    return [
      checkTable(comparison),
      escaped(countedText(comparison.counted)),
      ...healthTables(comparison.check, record),
    ]
      .filter((part) => part !== '')
      .join('\n\n')
  return outcome.verdict === 'planned' ? '' : askedTable(record, outcome)
}

function checkTable({ check, step, destinations, counted }: Comparison): string {
  const stepBefore = destinations.some((one) => one.stepBefore !== undefined)
  const rows = destinations.map((one) =>
    row([
      escaped(one.name),
      one.before,
      ...(stepBefore ? [one.stepBefore ?? ''] : []),
      one.asked,
      observedCell(one.observed, one.within),
      countText(one.samples),
      one.now,
    ]),
  )
  const lost = countText(counted.unclassified)
  const before = stepBefore ? [''] : []
  const unanswered =
    counted.unclassified === 0 ? [] : [row([lostName(check), '', ...before, '', '', lost, ''])]
  return table(
    [
      'destination',
      'before',
      ...(stepBefore ? [`step ${(step?.number ?? 2) - 1}`] : []),
      step === undefined ? 'target' : escaped(`target, ${step.about}`),
      'observed',
      `${counted.unit}s`,
      'now',
    ],
    [...rows, ...unanswered],
  )
}

function observedCell(observed: string, within: boolean | undefined): string {
  if (observed === '') return ''
  const bar = `${textBar(Number.parseFloat(observed), BAR_WIDTH)} ${observed}`
  return within === undefined ? bar : `${bar} ${within ? '✔' : '✘'}`
}

/** Of a run that ended before a check: the weights that it was to bring. */
function askedTable(record: RunRecord, outcome: Outcome): string {
  const asked = askedOf(record, outcome)
  if (asked === undefined) return askedInputs(record)
  const { previousWeights, weights } = outcome
  return table(
    ['destination', 'before', 'target', 'now'],
    asked.names.map((name, index) =>
      row([
        escaped(name),
        percentCell(previousWeights?.[name]),
        `${percent(asked.target[index] ?? 0)}%`,
        percentCell(weights?.[name]),
      ]),
    ),
  )
}

/** Inputs that say what a run is to bring. */
const WHAT_WAS_ASKED = [
  'mode',
  'namespace',
  'object',
  'virtual-service',
  'route',
  'subset',
  'weight',
  'weights',
]

function askedInputs({ inputs }: RunRecord): string {
  const given = WHAT_WAS_ASKED.flatMap((name) => {
    const text = inputs[name]
    return text === undefined ? [] : [`${name}: ${text}`]
  })
  return given.length === 0 ? '' : `**Requested:** ${escaped(given.join(', '))}`
}

/** The steps of a run that checked several weights. */
export function stepsTable(checks: readonly Check[], samplesOf: (check: Check) => number): string {
  const areWatched = checks.some(({ watch }) => watch !== undefined)
  const rows = checks.map((check, index) =>
    row([
      String(index + 1),
      escaped(percentsText(percentsOf(check.names, check.target))),
      check.ended === 'pass' ? '✔ confirmed' : `✘ ${failedWord(check)}`,
      countText(samplesOf(check)),
      check.propagationMs === undefined ? '' : timeText(check.propagationMs),
      ...(areWatched ? [escaped(watchedText(check))] : []),
    ]),
  )
  const unit = checks[0]?.unit ?? 'connection'
  const watch = areWatched ? ['watch'] : []
  return table(['step', 'weights', 'ended', `${unit}s`, 'in effect after', ...watch], rows)
}

export function planTable(plan: PlannedRun, { reason }: Pick<Outcome, 'reason'>): string {
  const rows = plan.checks.map((check, index) =>
    row([
      String(index + 1),
      escaped(percentsText(percentsOf(check.names, check.target))),
      escaped(toleranceText(check)),
      countText(Math.round(check.plan.mean)),
      countText(Math.round(check.plan.p90)),
      countText(check.limit),
    ]),
  )
  const present = `${reason === 'edited' ? 'Before' : 'Now'}: ${presentText(plan)}`
  const heads = [
    'step',
    'weights',
    'tolerance (points)',
    `${plan.unit}s`,
    '90% need at most',
    'limit',
  ]
  return `${escaped(present)}\n\n${table(heads, rows)}`
}

/** `± 5`, and by destination where they differ. */
export function toleranceText({ tolerance }: Pick<Check, 'tolerance'>): string {
  const points = tolerance.map((share) => percent(share))
  return `± ${points.every((one) => one === points[0]) ? points[0] : points.join(', ')}`
}

function percentCell(value: number | undefined): string {
  return value === undefined ? '' : `${value}%`
}
