import type { Check } from '../../rollout/model/check.ts'
import { countText } from '../../rollout/model/percents.ts'
import { placesView } from '../facts/places.ts'
import { shiftedIndex } from '../facts/subject.ts'
import { escaped } from '../plain-text.ts'
import type { RunRecord } from '../record.ts'
import { row, table } from './markdown-table.ts'

const MOST_ROWS = 20

/** Where samples came from: in the open where a place differs, else among the details. */
export function placesTable(
  check: Check | undefined,
  record: Pick<RunRecord, 'plan'>,
  place: 'open' | 'details',
): string {
  const view = check && placesView(check, shiftedIndex(record, check), MOST_ROWS)
  if (view === undefined || view.differ !== (place === 'open')) return ''
  const rows = view.rows.map((cells) =>
    row(cells.map(({ text, differs }) => `${escaped(text)}${differs === true ? ' ✘' : ''}`)),
  )
  const others = view.heads.slice(1).map(() => '')
  const left = view.left === 0 ? [] : [row([`${countText(view.left)} more`, ...others])]
  return [table(view.heads.map(escaped), [...rows, ...left]), escaped(view.text)].join('\n\n')
}
