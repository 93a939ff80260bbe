import { isJournalMode } from '../../options/unsuited.ts'
import type { Verdict } from '../../problem/verdict.ts'
import type { Check } from '../../rollout/model/check.ts'
import type { PlannedRun } from '../../rollout/model/events.ts'
import type { Outcome, Percents } from '../../rollout/model/outcome.ts'
import { percentsOf, percentsText } from '../../rollout/model/percents.ts'
import {
  headline,
  intervalPercents,
  observedPercents,
  percent,
  presentText,
  timeText,
} from '../figures.ts'
import { escaped, fenced } from '../plain-text.ts'
import { costText, guaranteeText, INTERVAL_TEXT } from '../plan-texts.ts'
import type { RunRecord } from '../record.ts'
import { remedyBlock } from '../remedy-block.ts'
import { CUT, shortened } from '../shortened.ts'
import { whatHappened } from '../what-happened.ts'
import { splitPicture } from './picture.ts'

const MARKS: Readonly<{ [verdict in Verdict]: string }> = {
  pass: '✅',
  planned: '📝',
  restored: '↩️',
  idle: '✅',
  'in-progress': '⏳',
  fail: '❌',
  inconclusive: '⚠️',
  error: '⛔',
}

/** The runner refuses a step's summary of more than 1 MiB whole; some of that is left for the last lines. */
const MOST_BYTES = 900 * 1024
const MOST_LINES = 100

/**
 * The job summary, in GitHub's Markdown: the verdict first, then what it rests on. What is too
 * long is cut or left out, and it says so.
 */
export function summaryOf(record: RunRecord, outcome: Outcome): string {
  const lines = outcome.message.split('\n').map((line) => shortened(line))
  const [what = '', ...more] =
    lines.length > MOST_LINES ? [...lines.slice(0, MOST_LINES), CUT] : lines
  const last = outcome.checks.at(-1)
  const parts = [
    `## ${MARKS[outcome.verdict]} ${escaped(headline(outcome))}`,
    escaped(
      `${record.object ?? 'traffic shift'}${record.plan ? `, entry ${record.plan.rule}` : ''}`,
    ),
    escaped(what),
    ...more.map(escaped),
    remedyBlock(outcome.remedy),
    ...tables(record, outcome),
    last ? splitPicture(last) : '',
    ...whatHappened(record, outcome).map(escaped),
    ...record.findings.map(
      ({ what: found, remedy }) => `> ⚠️ ${escaped(shortened(found))}\n\n${remedyBlock(remedy)}`,
    ),
  ]
  return `${[...fitting(parts), facts(record, outcome)].join('\n\n')}\n`
}

/** The parts that there is room for. */
function fitting(parts: readonly string[]): string[] {
  const kept: string[] = []
  let bytes = 0
  for (const part of parts.map((each) => each.trim()).filter((each) => each !== '')) {
    bytes += Buffer.byteLength(part) + 2
    if (bytes > MOST_BYTES) return [...kept, 'The rest is too long to be shown here.']
    kept.push(part)
  }
  return kept
}

function tables(record: RunRecord, outcome: Outcome): string[] {
  const check = outcome.checks.at(-1)
  if (check)
    return [
      checkTable(check, outcome),
      ...(outcome.checks.length > 1 ? [stepsTable(outcome.checks)] : []),
    ]
  return record.plan && outcome.verdict === 'planned'
    ? [...changeBlocks(record), planTable(record.plan)]
    : []
}

function changeBlocks({ change }: RunRecord): string[] {
  if (!change) return []
  const diff = change.diff === '' ? [] : [fenced(change.diff, 'diff')]
  return [...diff, escaped(costText(change.cost))]
}

function checkTable(check: Check, outcome: Outcome): string {
  const step = stepBefore(outcome)
  const fromStep = step === undefined ? [] : [`step ${outcome.checks.length - 1}`]
  const observed = observedPercents(check)
  const intervals = intervalPercents(check)
  const last = check.attempts.at(-1)
  const rows = check.names.map((name, index) => {
    const [low, high] = intervals?.[name] ?? []
    const tolerance = percent(check.tolerance[index] ?? 0)
    return row([
      escaped(name),
      percentCell(outcome.previousWeights?.[name]),
      ...(step === undefined ? [] : [percentCell(step[name])]),
      `${percent(check.target[index] ?? 0)}% ± ${tolerance}`,
      percentCell(observed?.[name]),
      low === undefined || high === undefined ? '' : `${low} to ${high}%`,
      String(last?.counts[index] ?? ''),
      outcome.absent?.includes(name) ? '' : percentCell(outcome.weights?.[name]),
    ])
  })
  const lost =
    last && last.unclassified > 0
      ? [
          row([
            'no known reply',
            '',
            ...fromStep.map(() => ''),
            '',
            '',
            '',
            String(last.unclassified),
            '',
          ]),
        ]
      : []
  return table(
    [
      'destination',
      'before',
      ...fromStep,
      'asked for',
      'observed',
      'interval',
      'connections',
      'in force now',
    ],
    [...rows, ...lost],
  )
}

/** The weights that the step before confirmed, and the last one started from; undefined for the first step. */
function stepBefore({ checks }: Outcome): Percents | undefined {
  const last = checks.at(-1)
  return checks.length > 1 && last?.old ? percentsOf(last.names, last.old) : undefined
}

function stepsTable(checks: readonly Check[]): string {
  const rows = checks.map((check, index) =>
    row([
      String(index + 1),
      escaped(percentsText(percentsOf(check.names, check.target))),
      check.ended ?? 'cut short',
      String(check.attempts.at(-1)?.samples ?? 0),
      check.propagationMs === undefined ? '' : timeText(check.propagationMs),
    ]),
  )
  return table(['step', 'weights', 'ended', 'connections', 'gateway switched after'], rows)
}

function planTable(plan: PlannedRun): string {
  const rows = plan.checks.map((check, index) =>
    row([
      String(index + 1),
      escaped(percentsText(percentsOf(check.names, check.target))),
      escaped(check.tolerance.map((tolerance) => percent(tolerance)).join(', ')),
      `${Math.round(check.plan.mean)}`,
      `${Math.round(check.plan.p90)}`,
      `${check.limit}`,
    ]),
  )
  return `${escaped(`Present: ${presentText(plan)}`)}\n\n${table(['step', 'weights', 'tolerance (points)', 'connections, mean', '90%', 'at most'], rows)}`
}

function facts(record: RunRecord, outcome: Outcome): string {
  const check = outcome.checks.at(-1)
  const confirmedAgain = check !== undefined && outcome.verdict === 'pass'
  const lines = [
    record.options && !isJournalMode(record.options.mode)
      ? guaranteeText(record.options.confidencePercent)
      : '',
    check !== undefined && check.attempts.length > 0 ? INTERVAL_TEXT : '',
    record.plan && !record.plan.unchanged && (outcome.verdict === 'planned' || confirmedAgain)
      ? 'Each write of new weights closes the connections that were open before, once the gateway has drained its old listener (45 s by default).'
      : '',
    `${record.apiCalls.length + record.leftOut.apiCalls} API calls, ${timeText(record.tookMs)} in all.`,
  ]
  return `<sub>${escaped(lines.filter((line) => line !== '').join(' '))}</sub>`
}

function percentCell(value: number | undefined): string {
  return value === undefined ? '' : `${value}%`
}

function table(heads: readonly string[], rows: readonly string[]): string {
  return [row(heads), row(heads.map(() => '---')), ...rows].join('\n')
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}
