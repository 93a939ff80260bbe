import type { Check } from '../../rollout/model/check.ts'
import { confidenceOf } from '../facts/counted.ts'
import type { HealthCell } from '../facts/health/health-table.ts'
import { healthView } from '../facts/health/health-view.ts'
import { escapedHtml } from '../plain-text.ts'
import type { RunRecord } from '../record.ts'
import { type Cell, longText, paragraph, table } from './html.ts'

/** Errors, times and metrics of a check by destination. */
export function healthTables(check: Check, record: Pick<RunRecord, 'options'>): string {
  const view = healthView(check, confidenceOf(record))
  return [
    view.table
      ? table(
          'Errors and times by destination',
          view.table.heads,
          view.table.rows.map((cells) => cells.map(marked)),
        )
      : '',
    paragraph(view.remarks.join(' ')),
    view.metrics.length === 0
      ? ''
      : table(
          'Metrics',
          ['metric', 'destination', 'value', 'bounds', 'when'],
          view.metrics.map((one) => [
            one.name,
            one.destination,
            one.within === undefined
              ? longText(`? ${one.value}`)
              : marked({ text: one.value, isGood: one.within }),
            one.bounds,
            one.when,
          ]),
        ),
    paragraph(view.metricsRemark),
  ].join('')
}

function marked({ text, isGood }: HealthCell): Cell {
  if (isGood === undefined) return text
  const mark = isGood ? '<span class="good">✔</span>' : '<span class="bad">✘</span>'
  return { html: `<span>${escapedHtml(text)} ${mark}</span>`, class: 'marked' }
}
