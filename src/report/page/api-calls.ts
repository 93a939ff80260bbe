import { clockText } from '../facts/clock.ts'
import { timeText } from '../figures.ts'
import type { RunRecord } from '../record.ts'
import { type Cell, longText, notShown, pathText, table } from './html.ts'
import { spark } from './plot.ts'

/** Every call to the API server that is kept, in the order in which they began. */
export function apiCallsSection(record: RunRecord): string {
  const { apiCalls, leftOut, tookMs } = record
  if (apiCalls.length === 0) return ''
  // They are recorded as they end, and several run at once.
  const inOrder = apiCalls.toSorted((one, other) => one.startedMs - other.startedMs)
  const place = (ms: number) => Math.max(0, Math.min(1, ms / Math.max(tookMs, 1)))
  return `<h2>API calls</h2>
${table(
  'API calls',
  ['at', 'took', 'answer', 'call', 'when in the run'],
  inOrder.map((call) => [
    clockText(record, call.startedMs),
    timeText(call.tookMs),
    longAnswer(call.outcome),
    pathText(`${call.method} ${call.path}`),
    { html: spark(place(call.startedMs), place(call.startedMs + call.tookMs)), class: 'spark' },
  ]),
)}${notShown(leftOut.apiCalls, 'calls')}`
}

/** A status is short; why there was none is not. */
function longAnswer(outcome: number | string): Cell {
  return typeof outcome === 'number' ? String(outcome) : longText(outcome)
}
