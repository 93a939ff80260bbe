import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { documentTables, withSplitTables } from '../../../bench/split/documents.ts'

const ROOT = path.resolve(import.meta.dirname, '../../..')

test('the tables in the documents are those that the bench makes', () => {
  const tables = documentTables()
  let places = 0
  for (const name of ['README.md', 'docs/statistics.md']) {
    const document = readFileSync(path.join(ROOT, name), 'utf8')
    places += document.split('<!-- split-').length - 1
    expect(withSplitTables(document, tables)).toBe(document)
  }
  expect(places).toBe(5)
})

test('a place for an unknown table is an error', () => {
  const document = '<!-- split-nothing -->\n<!-- /split-nothing -->'
  expect(() => withSplitTables(document, new Map())).toThrow('no table split-nothing')
})
