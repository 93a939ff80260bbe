import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { DOCUMENTS, withHealthTables } from '../../../bench/health/documents.ts'
import { costOf } from '../../../bench/health/limits.ts'
import { PARTS } from '../../../bench/health/parts.ts'
import { costTable } from '../../../bench/health/tables-exact.ts'
import { promoted, THRESHOLDS } from '../../../bench/health/thresholds.ts'
import { markdownTable, percent } from '../../../kit/bench/split/text-table.ts'

const TEXTS = DOCUMENTS.map((file) => readFileSync(file, 'utf8'))

test('every place for a table in the documents has one', () => {
  const places = TEXTS.flatMap((text) => [
    ...text.matchAll(/<!-- (health-[a-z]+) -->\n(?:\|.*\n)+<!-- \/\1 -->/g),
  ])
  expect(places.map(([, name]) => name)).toEqual([
    'health-cost',
    'health-chances',
    'health-compare',
    'health-watch',
    'health-interval',
    'health-runs',
    'health-broken',
    'health-peers',
  ])
})

// The others take longer: the bench itself compares them.
test('figures in the documents that are computed quickly are those of the bench', () => {
  const [, , row = ''] = markdownTable(costTable([costOf({ limit: 0.05, error: 0.01 })])).split(
    '\n',
  )
  expect(TEXTS[0]).toContain(row)
  for (const rule of THRESHOLDS)
    expect(TEXTS[1]).toContain(
      `| ${rule.name} | ${rule.good} x 20 | ${percent(promoted(rule, 0, 20))} | ${percent(promoted(rule, 0.005, 20))} |`,
    )
})

test('a table is written into its place, and other places stay', () => {
  const table = { title: '', explained: '', headings: ['a'], rows: [['1']] }
  const document = '<!-- health-a -->\n<!-- /health-a -->\n<!-- health-b -->\n<!-- /health-b -->'
  expect(withHealthTables(document, new Map([['health-a', table]]))).toBe(
    '<!-- health-a -->\n| a |\n| --- |\n| 1 |\n<!-- /health-a -->\n<!-- health-b -->\n<!-- /health-b -->',
  )
})

test('the bench has parts that run alone', () => {
  expect(Object.keys(PARTS)).toEqual(['limits', 'peers', 'compare', 'watch', 'runs'])
})
