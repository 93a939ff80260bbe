import type { Outcome } from '../../rollout/model/outcome.ts'
import { besideWeights, documentedProblems, whyLines, whyTitle } from '../facts/explanation.ts'
import { headlineOf } from '../facts/headline.ts'
import { nextText } from '../facts/next.ts'
import { productionOf } from '../facts/production.ts'
import { codeSpan, escaped, escapedWithin, fenced } from '../plain-text.ts'
import type { RunRecord } from '../record.ts'
import { remedyBlock } from '../remedy-block.ts'
import { CUT, shortened } from '../shortened.ts'
import { detailsOf } from './details.ts'
import { footerOf } from './footer.ts'
import { MARKS, VERDICT_MARKS } from './marks.ts'
import { placesTable } from './places-table.ts'
import { staleTable } from './proxies-table.ts'
import { comparisonTable, planTable } from './tables.ts'

/** The runner rejects a step's summary of more than 1 MiB whole; some of that is left for the last lines. */
const MOST_BYTES = 900 * 1024
const MOST_LINES = 100

/**
 * The job summary, in GitHub's Markdown, for a reader who has one minute: what became of the run, what is true of
 * production now, why, what to do next, the figures, and where the rest is. What is too long is cut, and says so.
 */
export function summaryOf(record: RunRecord, outcome: Outcome, mostBytes = MOST_BYTES): string {
  const production = productionOf(record, outcome)
  const parts = [
    `## ${VERDICT_MARKS[outcome.verdict]} ${escaped(shortened(headlineOf(record, outcome)))}`,
    `> ${MARKS[production.tone]} ${escapedWithin(shortened(production.text))}`,
    ...why(whyTitle(outcome), whyLines(record, outcome)),
    ...next(record, outcome),
    comparisonTable(record, outcome),
    staleTable(record.restoreCheck) || staleTable(outcome.checks.at(-1)),
    placesTable(outcome.checks.at(-1), record, 'open'),
    ...plan(record, outcome),
    ...record.findings.map(
      ({ what, remedy }) => `> ⚠️ ${escaped(shortened(what))}\n\n${remedyBlock(remedy)}`,
    ),
    detailsOf(record, outcome),
  ]
  return `${[...fitting(parts, mostBytes), footerOf(record)].join('\n\n')}\n`
}

function why(title: string, lines: readonly string[]): string[] {
  const kept = lines.length > MOST_LINES ? [...lines.slice(0, MOST_LINES), CUT] : lines
  return kept.map((line, index) => {
    const text = escaped(shortened(line))
    return index === 0 ? `**${title}:** ${text}` : text
  })
}

function next(record: RunRecord, outcome: Outcome): string[] {
  const remedy = nextText(record, outcome)
  const explained = documentedProblems(record, outcome).map(
    ({ code, documentation }) => `${escapedWithin(code)}: ${codeSpan(documentation)}`,
  )
  const [first = '', ...more] = remedy === '' ? [] : remedyBlock(remedy).split('\n\n')
  const advice = first === '' ? [] : [`**Next:** ${first}`, ...more]
  return explained.length === 0 ? advice : [...advice, `**More:** ${explained.join(', ')}`]
}

/** Of a run that only planned, or edited a file: the steps and the edit. */
function plan(record: RunRecord, outcome: Outcome): string[] {
  if (outcome.verdict !== 'planned' || !record.plan) return []
  const diff = record.change?.diff ?? ''
  return [
    planTable(record.plan, outcome),
    escaped(besideWeights(record, outcome)),
    diff === '' ? '' : fenced(diff, 'diff'),
  ]
}

/** The parts that there is room for. */
function fitting(parts: readonly string[], mostBytes: number): string[] {
  const kept: string[] = []
  let bytes = 0
  for (const part of parts.map((each) => each.trim()).filter((each) => each !== '')) {
    bytes += Buffer.byteLength(part) + 2
    if (bytes > mostBytes) return [...kept, 'The rest is too long to show here.']
    kept.push(part)
  }
  return kept
}
