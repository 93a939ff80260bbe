import { isJournalMode } from '../../options/unsuited.ts'
import type { Outcome } from '../../rollout/model/outcome.ts'
import { countText, samplesText } from '../../rollout/model/percents.ts'
import { alphaOf, countedOf } from '../facts/counted.ts'
import { besideWeights } from '../facts/explanation.ts'
import { unitIn } from '../facts/subject.ts'
import { timeText } from '../figures.ts'
import { escaped } from '../plain-text.ts'
import { guaranteeText } from '../plan-texts.ts'
import type { RunRecord } from '../record.ts'
import { whatHappened } from '../what-happened.ts'
import { placesTable } from './places-table.ts'
import { proxyDetails, restoredProxies } from './proxies-table.ts'
import { stepsTable } from './tables.ts'

/** What most readers do not need, folded. */
export function detailsOf(record: RunRecord, outcome: Outcome): string {
  const { checks } = outcome
  const samplesOf = (check: (typeof checks)[number]) => countedOf(check, alphaOf(record)).samples
  const calls = record.apiCalls.length + record.leftOut.apiCalls
  const parts = [
    checks.length > 1 ? stepsTable(checks, samplesOf) : '',
    ...whatHappened(record, outcome).map(escaped),
    ...proxyDetails(checks.at(-1), record),
    ...restoredProxies(record.restoreCheck),
    placesTable(checks.at(-1), record, 'details'),
    escaped(guarantee(record, outcome)),
    outcome.verdict === 'pass' ? escaped(besideWeights(record, outcome)) : '',
    escaped(
      `${countText(calls)} API ${calls === 1 ? 'call' : 'calls'} and ${samplesText(record.samples, unitIn(record))} in ${timeText(record.tookMs)}.`,
    ),
  ].filter((part) => part !== '')
  if (calls === 0 && parts.length === 1) return ''
  return `<details><summary>Details</summary>\n\n${parts.join('\n\n')}\n\n</details>`
}

function guarantee(record: RunRecord, { checks }: Outcome): string {
  const { options } = record
  return options && !isJournalMode(options.mode) && checks.length > 0
    ? guaranteeText(options, unitIn(record))
    : ''
}
