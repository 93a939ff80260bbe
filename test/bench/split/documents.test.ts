import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { quickTables, tablesIn, withSplitTables } from '../../../bench/split/documents.ts'

const ROOT = path.resolve(import.meta.dirname, '../../..')

/** Whose tables take seconds to make: the bench itself compares them. */
const SLOW = ['split-rules', 'split-short']

test('the tables in the documents that are made quickly are those that the bench makes', () => {
  const documents = ['README.md', 'docs/statistics.md'].map((name) =>
    readFileSync(path.join(ROOT, name), 'utf8'),
  )
  const shown = documents.flatMap((document) => [...tablesIn(document)])
  expect(shown).toHaveLength(5)
  const quick = shown.filter(([name]) => !SLOW.includes(name))
  expect(Object.fromEntries(quick)).toEqual(Object.fromEntries(quickTables()))
})

test('a place for an unknown table is an error', () => {
  const document = '<!-- split-nothing -->\n<!-- /split-nothing -->'
  expect(() => withSplitTables(document, new Map())).toThrow('no table split-nothing')
})
