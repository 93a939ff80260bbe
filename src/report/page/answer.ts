import type { Outcome } from '../../rollout/model/outcome.ts'
import { countText } from '../../rollout/model/percents.ts'
import { type Comparison, comparisonOf } from '../facts/comparison.ts'
import { countedText } from '../facts/counted.ts'
import { documentedProblems, whyLines, whyTitle } from '../facts/explanation.ts'
import { headlineOf, type Tone, toneOf } from '../facts/headline.ts'
import { nextText } from '../facts/next.ts'
import { productionOf } from '../facts/production.ts'
import { askedOf } from '../facts/subject.ts'
import { percent } from '../figures.ts'
import { escapedHtml } from '../plain-text.ts'
import type { RunRecord } from '../record.ts'
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
  if (comparison) return compared(comparison)
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

function compared({ step, destinations, counted, unattributedErrors }: Comparison): string {
  const showsErrors = destinations.some(({ errors }) => errors !== undefined)
  const stepBefore = destinations.some((one) => one.stepBefore !== undefined)
  const rows = destinations.map((one): Cell[] => [
    one.name,
    one.before,
    ...(stepBefore ? [one.stepBefore ?? ''] : []),
    one.asked,
    observedCell(one.observed, one.within),
    countText(one.samples),
    ...(showsErrors ? [one.errors ?? ''] : []),
    one.now,
  ])
  const lost: Cell[][] =
    counted.unclassified === 0
      ? []
      : [
          [
            'no recognized reply',
            '',
            ...(stepBefore ? [''] : []),
            '',
            '',
            countText(counted.unclassified),
            ...(showsErrors ? [unattributedErrors === 0 ? '' : countText(unattributedErrors)] : []),
            '',
          ],
        ]
  return table(
    'Weights before, target, observed and now',
    [
      'destination',
      'before',
      ...(stepBefore ? [`step ${(step?.number ?? 2) - 1}`] : []),
      step === undefined ? 'target' : `target, ${step.about}`,
      'observed',
      `${counted.unit}s`,
      ...(showsErrors ? ['errors'] : []),
      'now',
    ],
    [...rows, ...lost],
  ).concat(paragraph(countedText(counted)))
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
