import type { Check } from '../../rollout/model/check.ts'
import { confidenceOf } from '../facts/counted.ts'
import type { HealthCell } from '../facts/health/health-table.ts'
import { healthView } from '../facts/health/health-view.ts'
import { escaped, escapedWithin } from '../plain-text.ts'
import type { RunRecord } from '../record.ts'
import { row, table } from './markdown-table.ts'

/** Errors, times and metrics of a check by destination, as parts of the summary. */
export function healthTables(check: Check, record: Pick<RunRecord, 'options'>): string[] {
  const view = healthView(check, confidenceOf(record))
  const health =
    view.table &&
    table(
      view.table.heads.map(escaped),
      view.table.rows.map((cells) => row(cells.map(marked))),
    )
  const metrics =
    view.metrics.length === 0
      ? undefined
      : table(
          ['metric', 'destination', 'value', 'bounds', 'when'],
          view.metrics.map((one) =>
            row([
              escaped(one.name),
              escaped(one.destination),
              marked({
                text: one.within === undefined ? `? ${one.value}` : one.value,
                isGood: one.within,
              }),
              escaped(one.bounds),
              one.when,
            ]),
          ),
        )
  return [health ?? '', escaped(view.remarks.join(' ')), metrics ?? '', escaped(view.metricsRemark)]
}

function marked({ text, isGood }: HealthCell): string {
  if (isGood === undefined) return escapedWithin(text)
  return `${escapedWithin(text)} ${isGood ? '✔' : '✘'}`
}
