import type { PlannedRun } from '../../rollout/model/events.ts'
import { countText, percentsOf, percentsText } from '../../rollout/model/percents.ts'
import { escapedHtml } from '../plain-text.ts'
import { writeRemarks } from '../plan-texts.ts'
import type { RunRecord } from '../record.ts'
import { toleranceText } from '../summary/tables.ts'
import { longText, table } from './html.ts'

/** Of a run that only planned: the edit, and what confirming each step takes. */
export function changeSection({ change, plan }: RunRecord): string {
  if (change === undefined) return ''
  const diff = change.diff === '' ? '' : `<h2>Edit</h2>\n${diffBlock(change.diff)}`
  return `${diff}
<h2>Steps</h2>
${
  plan === undefined
    ? ''
    : writeRemarks(plan)
        .map((text) => `<p>${escapedHtml(text)}</p>`)
        .join('\n')
}
${plan === undefined || plan.checks.length === 0 ? '' : stepsTable(plan)}`
}

function stepsTable({ checks, unit }: PlannedRun): string {
  return table(
    'What each step takes',
    ['step', 'weights', 'tolerance (points)', `${unit}s`, '90% need at most', 'limit'],
    checks.map((check, index) => [
      String(index + 1),
      longText(percentsText(percentsOf(check.names, check.target))),
      toleranceText(check),
      countText(Math.round(check.plan.mean)),
      countText(Math.round(check.plan.p90)),
      countText(check.limit),
    ]),
  )
}

/** A unified diff; the first letter of a line says the same as its colour. */
function diffBlock(diff: string): string {
  return `<pre>${diff.split('\n').map(diffLine).join('\n')}</pre>`
}

function diffLine(line: string): string {
  const text = escapedHtml(line)
  if (/^(---|\+\+\+|@@) /.test(line)) return `<span class="soft">${text}</span>`
  if (line.startsWith('+')) return `<span class="good">${text}</span>`
  return line.startsWith('-') ? `<span class="bad">${text}</span>` : text
}
