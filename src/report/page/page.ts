import type { Outcome } from '../../rollout/model/outcome.ts'
import { headlineOf } from '../facts/headline.ts'
import { escapedHtml } from '../plain-text.ts'
import type { RunRecord } from '../record.ts'
import { shortenedOutcome } from '../shortened.ts'
import { answerSection } from './answer.ts'
import { apiCallsSection } from './api-calls.ts'
import { changeSection } from './change.ts'
import { checkSections } from './checks.ts'
import { advice, notShown } from './html.ts'
import { latencySection } from './latency.ts'
import { gapsSection } from './proxies.ts'
import { runSection } from './run-facts.ts'
import { HEAD } from './style.ts'
import { timelineSection } from './timeline.ts'

/** report.html: one file that needs nothing else, runs nothing, and reads well on a phone. The answer comes first. */
export function pageOf(record: RunRecord, whole: Outcome): string {
  const outcome = shortenedOutcome(whole)
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">${HEAD}
<title>${escapedHtml(headlineOf(record, outcome))}</title></head>
<body><main>
${answerSection(record, outcome)}
${changeSection(record)}
${checkSections(record, outcome)}
${gapsSection(record)}
${timelineSection(record, outcome)}
${latencySection(record)}
${warnings(record)}
${apiCallsSection(record)}
${runSection(record, outcome)}
</main></body></html>
`
}

function warnings({ findings, leftOut }: RunRecord): string {
  if (findings.length === 0) return ''
  return `<h2>Warnings</h2>${findings.map(({ what, remedy }) => `<p>${escapedHtml(what)}</p>${advice(remedy)}`).join('')}${notShown(leftOut.warnings, 'warnings')}`
}
