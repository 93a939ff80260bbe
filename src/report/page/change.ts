import type { Check } from '../../rollout/model/check.ts'
import { percentsOf, percentsText } from '../../rollout/model/percents.ts'
import { percent } from '../figures.ts'
import { escapedHtml } from '../plain-text.ts'
import { costText } from '../plan-texts.ts'
import type { RunRecord } from '../record.ts'
import { longText, table } from './html.ts'

/** Of a run that only planned: the edit, what proving each step takes, and all of them. */
export function changeSection({ change, plan }: RunRecord): string {
  if (change === undefined) return ''
  const diff = change.diff === '' ? '' : `<h2>Edit</h2>\n${diffBlock(change.diff)}`
  return `${diff}
<h2>What it takes to prove</h2>
<p>${escapedHtml(costText(change.cost))}</p>
${plan === undefined || plan.checks.length === 0 ? '' : stepsTable(plan.checks)}`
}

function stepsTable(checks: readonly Check[]): string {
  return table(
    'What it takes to prove each step',
    ['step', 'weights', 'tolerance (points)', 'connections, mean', '90%', 'at most'],
    checks.map((check, index) => [
      String(index + 1),
      longText(percentsText(percentsOf(check.names, check.target))),
      check.tolerance.map((tolerance) => percent(tolerance)).join(', '),
      String(Math.round(check.plan.mean)),
      String(Math.round(check.plan.p90)),
      String(check.limit),
    ]),
  )
}

/** A unified diff; what is said by colour is said by the first letter of a line too. */
function diffBlock(diff: string): string {
  return `<pre>${diff.split('\n').map(diffLine).join('\n')}</pre>`
}

function diffLine(line: string): string {
  const text = escapedHtml(line)
  if (/^(---|\+\+\+|@@) /.test(line)) return `<span class="soft">${text}</span>`
  if (line.startsWith('+')) return `<span class="pass">${text}</span>`
  return line.startsWith('-') ? `<span class="fail">${text}</span>` : text
}
