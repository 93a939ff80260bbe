import type { Outcome } from '../../rollout/model/outcome.ts'
import { countText } from '../../rollout/model/percents.ts'
import { type Comparison, comparisonOf } from '../facts/comparison.ts'
import { countedText } from '../facts/counted.ts'
import { documentedProblems, whyLines, whyTitle } from '../facts/explanation.ts'
import { headlineOf, type Tone, toneOf } from '../facts/headline.ts'
import { lostName } from '../facts/lost-words.ts'
import { nextText } from '../facts/next.ts'
import { productionOf } from '../facts/production.ts'
import { askedOf } from '../facts/subject.ts'
import { percent } from '../figures.ts'
import { escapedHtml } from '../plain-text.ts'
import type { RunRecord } from '../record.ts'
import { healthTables } from './health-tables.ts'
import { advice, type Cell, paragraph, table } from './html.ts'
import { share } from './plot.ts'

/** Marks beside colours, for a reader who does not see these. */
const MARKS: Readonly<Record<Tone, string>> = { good: '✔', warning: '!', bad: '✘', neutral: 'i' }

/** The first screen: what became of the run, what is true of production, why, what next, and the figures. */
export function answerSection(record: RunRecord, outcome: Outcome): string {
  const tone = toneOf(outcome)
  const production = productionOf(record, outcome)
  return `<h1><span class="mark ${tone}">${MARKS[tone]}</span> ${escapedHtml(headlineOf(record, outcome))}</h1>
<p class="box ${production.tone}"><span class="mark ${production.tone}">${MARKS[production.tone]}</span> ${escapedHtml(production.text)}</p>
${labelled(whyTitle(outcome), paragraphs(whyLines(record, outcome)))}
${labelled('Next', advice(nextText(record, outcome)))}
${labelled('More', more(record, outcome))}
${figures(record, outcome)}`
}

function labelled(label: string, html: string): string {
  return html === '' ? '' : `<section class="answer"><h2>${label}</h2><div>${html}</div></section>`
}

function paragraphs(lines: readonly string[]): string {
  return lines.map((line) => `<p>${escapedHtml(line)}</p>`).join('\n')
}

function more(record: RunRecord, outcome: Outcome): string {
  return paragraphs(
    documentedProblems(record, outcome).map(
      ({ code, documentation }) => `${code}: ${documentation}`,
    ),
  )
}

function figures(record: RunRecord, outcome: Outcome): string {
  const comparison = comparisonOf(record, outcome)
  if (comparison) return compared(comparison, record)
  const asked = askedOf(record, outcome)
  const { previousWeights, weights } = outcome
  if (asked === undefined || outcome.verdict === 'planned') return ''
  return table(
    'Weights before, target weights and weights now',
    ['destination', 'before', 'target', 'now'],
    asked.names.map((name, index) => [
      name,
      percentText(previousWeights?.[name]),
      `${percent(asked.target[index] ?? 0)}%`,
      percentText(weights?.[name]),
    ]),
  )
}

function compared({ check, step, destinations, counted }: Comparison, record: RunRecord): string {
  const stepBefore = destinations.some((one) => one.stepBefore !== undefined)
  const rows = destinations.map((one): Cell[] => [
    one.name,
    one.before,
    ...(stepBefore ? [one.stepBefore ?? ''] : []),
    one.asked,
    observedCell(one.observed, one.within),
    countText(one.samples),
    one.now,
  ])
  const lost = countText(counted.unclassified)
  const before = stepBefore ? [''] : []
  const unanswered: Cell[][] =
    counted.unclassified === 0 ? [] : [[lostName(check), '', ...before, '', '', lost, '']]
  return table(
    'Weights before, target, observed and now',
    [
      'destination',
      'before',
      ...(stepBefore ? [`step ${(step?.number ?? 2) - 1}`] : []),
      step === undefined ? 'target' : `target, ${step.about}`,
      'observed',
      `${counted.unit}s`,
      'now',
    ],
    [...rows, ...unanswered],
  ).concat(paragraph(countedText(counted)), healthTables(check, record))
}

function observedCell(observed: string, within: boolean | undefined): Cell {
  if (observed === '') return ''
  const html = `${share(Number.parseFloat(observed) / 100)} ${escapedHtml(observed)}`
  if (within === undefined) return { html, class: 'share' }
  const mark = within ? '<span class="good">✔</span>' : '<span class="bad">✘</span>'
  return { html: `${html} ${mark}`, class: 'share' }
}

function percentText(value: number | undefined): string {
  return value === undefined ? '' : `${value}%`
}
