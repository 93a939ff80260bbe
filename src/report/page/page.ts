import { isJournalMode } from '../../options/unsuited.ts'
import type { Check } from '../../rollout/model/check.ts'
import type { Outcome } from '../../rollout/model/outcome.ts'
import { percentsOf, percentsText } from '../../rollout/model/percents.ts'
import {
  headline,
  intervalPercents,
  observedPercents,
  percent,
  timeText,
  weightsOnObject,
} from '../figures.ts'
import { escapedHtml } from '../plain-text.ts'
import { INTERVAL_TEXT } from '../plan-texts.ts'
import type { RunRecord } from '../record.ts'
import { shortenedOutcome } from '../shortened.ts'
import { changeSection } from './change.ts'
import { growthCharts } from './growth.ts'
import { advice, facts, longText, pathText, table } from './html.ts'
import { latencySection } from './latency.ts'
import { spark } from './plot.ts'
import { HEAD } from './style.ts'
import { timelineSection } from './timeline.ts'

/** report.html: one file that needs nothing else, runs nothing, and reads well on a phone. */
export function pageOf(record: RunRecord, whole: Outcome): string {
  const outcome = shortenedOutcome(whole)
  const title = headline(outcome)
  const [what = '', ...more] = outcome.message.split('\n')
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">${HEAD}
<title>${escapedHtml(`${title} ${record.object ?? ''}`)}</title></head>
<body><main>
<h1 class="${outcome.verdict}">${escapedHtml(title)}</h1>
<p>${escapedHtml(what)}</p>
${more.map((line) => `<p>${escapedHtml(line)}</p>`).join('\n')}
${advice(outcome.remedy)}
${facts(factsOf(record, outcome))}
${changeSection(record)}
${outcome.checks.map((check) => checkSection(check === outcome.checks.at(-1) ? check : deciding(check), record)).join('\n')}
${record.restoreCheck ? checkSection(record.restoreCheck, record, 'Put back: ') : ''}
${outcome.checks.length > 0 ? `<p class="soft">${INTERVAL_TEXT}</p>` : ''}
${timelineSection(record, outcome)}
${latencySection(record)}
${warnings(record)}
${apiCalls(record)}
</main></body></html>
`
}

/** A step that is done, of whose tries only the deciding one is drawn, as in report.json. */
function deciding(check: Check): Check {
  const last = check.attempts.at(-1)
  return {
    ...check,
    attempts: check.attempts.map((one) => (one === last ? one : { ...one, evidence: [] })),
  }
}

function factsOf(record: RunRecord, outcome: Outcome): [string, string][] {
  const check = outcome.checks.at(-1)
  return [
    ['object', record.object ?? ''],
    ['file', record.manifest ?? ''],
    ['entry', record.plan?.rule ?? ''],
    ['server', record.server ?? ''],
    ['context', record.context ?? ''],
    ['gateway', record.endpoint ?? ''],
    ['before', outcome.previousWeights ? percentsText(outcome.previousWeights) : ''],
    [
      record.manifest === undefined ? 'in force now' : 'in the file now',
      outcome.weights ? weightsOnObject(outcome.weights, outcome) : '',
    ],
    [
      'put back',
      outcome.rolledBack && outcome.verdict !== 'restored'
        ? `yes, because of ${outcome.reason}`
        : '',
    ],
    [
      'gateway switched',
      check?.propagationMs === undefined
        ? ''
        : `${timeText(check.propagationMs)} after the last write`,
    ],
    [
      'confidence',
      record.options && !isJournalMode(record.options.mode)
        ? `${record.options.confidencePercent}%`
        : '',
    ],
    ['took', timeText(record.tookMs)],
  ]
}

function checkSection(check: Check, { options }: RunRecord, before = ''): string {
  const observed = observedPercents(check)
  const intervals = intervalPercents(check)
  const last = check.attempts.at(-1)
  const title = `${before}${percentsText(percentsOf(check.names, check.target))}: ${check.ended ?? 'cut short'}`
  return `<h2>${escapedHtml(title)}</h2>
${table(
  title,
  ['destination', 'asked for', 'observed', 'interval', 'connections'],
  check.names.map((name, index) => {
    const [low, high] = intervals?.[name] ?? []
    return [
      name,
      `${percent(check.target[index] ?? 0)}% ± ${percent(check.tolerance[index] ?? 0)}`,
      observed ? `${observed[name]}%` : '',
      low === undefined ? '' : `${low} to ${high}%`,
      String(last?.counts[index] ?? ''),
    ]
  }),
)}
${growthCharts(check, options?.confidencePercent ?? 99)}
${attemptsTable(check, title)}`
}

function attemptsTable(check: Check, title: string): string {
  if (check.attempts.length === 0) return ''
  return table(
    `Tries of ${title}`,
    ['try', 'connections', 'without a known reply', 'took', 'decision'],
    check.attempts.map((one) => [
      String(one.number),
      String(one.samples),
      String(one.unclassified),
      timeText(one.tookMs),
      one.decision ?? 'undecided',
    ]),
  ).concat(notShown(check.attemptsLeftOut, 'tries'))
}

/** Says how many a list is short of, between its first ones and its last ones. */
function notShown(count: number, what: string): string {
  return count === 0
    ? ''
    : `<p class="soft">${count} ${what} between the first and the last are not shown.</p>`
}

function warnings({ findings, leftOut }: RunRecord): string {
  if (findings.length === 0) return ''
  return `<h2>Warnings</h2>${findings.map(({ what, remedy }) => `<p>${escapedHtml(what)}</p>${advice(remedy)}`).join('')}${notShown(leftOut.warnings, 'warnings')}`
}

function apiCalls({ apiCalls: calls, leftOut, tookMs }: RunRecord): string {
  if (calls.length === 0) return ''
  // They come as they end, and several are under way at once.
  const inOrder = calls.toSorted((one, other) => one.startedMs - other.startedMs)
  const place = (ms: number) => Math.max(0, Math.min(1, ms / Math.max(tookMs, 1)))
  return `<h2>API calls</h2>
${table(
  'API calls',
  ['at', 'took', 'answer', 'call', 'when in the run'],
  inOrder.map((call) => [
    timeText(call.startedMs),
    timeText(call.tookMs),
    longAnswer(call.outcome),
    pathText(`${call.method} ${call.path}`),
    { html: spark(place(call.startedMs), place(call.startedMs + call.tookMs)), class: 'spark' },
  ]),
)}${notShown(leftOut.apiCalls, 'calls')}`
}

/** A status is short; why there was none is not. */
function longAnswer(outcome: number | string) {
  return typeof outcome === 'number' ? String(outcome) : longText(outcome)
}
