import { isJournalMode } from '../../options/unsuited.ts'
import { ruleWords } from '../../routes/rule-texts.ts'
import { dateText } from '../facts/clock.ts'
import { escapedWithin } from '../plain-text.ts'
import type { RunRecord } from '../record.ts'
import { markdownLink } from './markdown-link.ts'

/** Where the rest is, and what the run was: version, rule, gateway, context, confidence, time, who started it. */
export function footerOf(record: RunRecord): string {
  const { options, plan, endpoint, context, manifest, by, version } = record
  const facts = [
    `istio-traffic-shift ${version}`,
    plan ? ruleWords(plan.rule) : '',
    manifest ?? '',
    endpoint ? `${plan?.splitter === 'mesh' ? 'address' : 'gateway'} ${endpoint}` : '',
    context ? `context ${context}` : '',
    options && !isJournalMode(options.mode) ? `confidence ${options.confidencePercent}%` : '',
    dateText(record),
  ]
    .filter((fact) => fact !== '')
    .map(escapedWithin)
  const run = markdownLink('run', by) ?? `run by ${escapedWithin(by)}`
  const report = record.reportFolder
    ? [`full report: report.html and report.json in ${escapedWithin(record.reportFolder)}`]
    : []
  return `<sub>${[...facts, run, ...report].join(' · ')}</sub>`
}
