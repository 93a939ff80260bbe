import { samplesIn } from '../../rollout/diagnosis/seen-of.ts'
import type { Attempt, Check } from '../../rollout/model/check.ts'
import type { Outcome } from '../../rollout/model/outcome.ts'
import { countText, percentsOf, percentsText } from '../../rollout/model/percents.ts'
import { alphaOf, type Counted, countedOf, countedText } from '../facts/counted.ts'
import { errorLines, healthLines } from '../facts/errors.ts'
import { endedByHealth, failedWord } from '../facts/health/watched.ts'
import { lostName } from '../facts/lost-words.ts'
import { shiftedIndex } from '../facts/subject.ts'
import { timeText } from '../figures.ts'
import { escapedHtml } from '../plain-text.ts'
import { INTERVAL_TEXT } from '../plan-texts.ts'
import type { RunRecord } from '../record.ts'
import { growthCharts } from './growth.ts'
import { healthCharts } from './health-chart.ts'
import { healthTables } from './health-tables.ts'
import { paragraph, table } from './html.ts'
import { placesPart } from './places.ts'
import { proxiesPart } from './proxies.ts'

/** How each check went: its evidence as a picture, and its attempts. */
export function checkSections(record: RunRecord, { checks }: Outcome): string {
  const last = checks.at(-1)
  const all = checks.map((check, index) => {
    const step = checks.length > 1 ? `Step ${index + 1}: ` : ''
    const shown = check === last ? check : deciding(check)
    return checkSection(shown, record, { before: step, isAnswer: check === last })
  })
  if (record.restoreCheck)
    all.push(checkSection(record.restoreCheck, record, { before: 'Restored: ', isAnswer: false }))
  return all.length === 0 ? '' : `${all.join('\n')}\n<p class="soft">${INTERVAL_TEXT}</p>`
}

/** A step that is confirmed, of whose attempts only the deciding one is drawn, as in report.json. */
function deciding(check: Check): Check {
  const last = check.attempts.at(-1)
  return {
    ...check,
    attempts: check.attempts.map((one) => (one === last ? one : { ...one, evidence: [] })),
  }
}

/** @param isAnswer the tables of its health are part of the answer above */
function checkSection(
  check: Check,
  record: RunRecord,
  { before, isAnswer }: { before: string; isAnswer: boolean },
): string {
  const counted = countedOf(check, alphaOf(record))
  const title = `${before}${percentsText(percentsOf(check.names, check.target))}`
  const [kind, mark, ended] =
    check.ended === 'pass' ? ['good', '✔', 'confirmed'] : ['bad', '✘', failedWord(check)]
  return `<h2>${escapedHtml(title)} <span class="${kind}">${mark} ${escapedHtml(ended)}</span></h2>
${growthCharts(check, record)}
${healthCharts(check, record, isAnswer)}
${proxiesPart(check, isAnswer || check === record.restoreCheck)}
${placesPart(check, shiftedIndex(record, check))}
${attemptsTable(check, counted, title)}${(isAnswer ? errorLines(check) : healthLines(check, alphaOf(record))).map(paragraph).join('')}${isAnswer ? '' : healthTables(check, record)}`
}

function attemptsTable(check: Check, counted: Counted, title: string): string {
  if (check.attempts.length === 0) return ''
  const { further } = counted
  return table(
    `Attempts: ${title}`,
    ['attempt', `${check.unit}s`, lostName(check), 'took', 'decision'],
    [
      ...check.attempts.map((one) => [
        String(one.number),
        countText(one.samples),
        countText(one.unclassified),
        timeText(one.tookMs),
        decisionText(check, one, counted),
      ]),
      ...(check.attemptsLeftOut === 0 ? [] : [leftOutRow(check, counted)]),
      ...(further === 0
        ? []
        : [
            [
              'further',
              countText(further),
              countText(check.further.unclassified),
              '',
              'after the decision, only to find its cause',
            ],
          ]),
    ],
  ).concat(paragraph(countedText(counted)))
}

/** The attempts between the first and the last that are not kept one by one. */
function leftOutRow({ attemptsLeftOut, leftOut }: Check, counted: Counted): string[] {
  const isCounted = counted.leftOut > 0 || samplesIn(leftOut) === 0
  return [
    `${countText(attemptsLeftOut)} more`,
    countText(samplesIn(leftOut)),
    countText(leftOut.unclassified),
    '',
    isCounted ? 'between the first and the last' : `${SUPERSEDED}`,
  ]
}

const SUPERSEDED = 'superseded: the split was different then'

function decisionText(check: Check, attempt: Attempt, { includes }: Counted): string {
  const decision =
    attempt.decision ??
    (attempt.previous > 0
      ? 'ended: a reply followed a former configuration'
      : attempt.failedHealth
        ? endedByHealth(check)
        : 'undecided')
  return attempt.samples > 0 && !includes(attempt) ? `${decision}, ${SUPERSEDED}` : decision
}
