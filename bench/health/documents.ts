import { readFileSync } from 'node:fs'
import path from 'node:path'
import { markdownTable, type TextTable } from '../../kit/bench/split/text-table.ts'

const ROOT = path.resolve(import.meta.dirname, '../..')

export const DOCUMENTS = ['docs/health.md', 'docs/comparison.md'].map((name) =>
  path.join(ROOT, name),
)

const PLACE = /<!-- (health-[a-z]+) -->\n[\s\S]*?<!-- \/\1 -->/g

/** A document with these tables in their places; other places stay. */
export function withHealthTables(document: string, tables: ReadonlyMap<string, TextTable>): string {
  return document.replace(PLACE, (place, name: string) => {
    const table = tables.get(name)
    return table ? `<!-- ${name} -->\n${markdownTable(table)}<!-- /${name} -->` : place
  })
}

/** The documents that show one of these tables in another form. */
export function outdated(tables: ReadonlyMap<string, TextTable>): string[] {
  return DOCUMENTS.filter((file) => {
    const document = readFileSync(file, 'utf8')
    return withHealthTables(document, tables) !== document
  }).map((file) => `the tables of ${path.relative(ROOT, file)} (write them with --documents)`)
}
