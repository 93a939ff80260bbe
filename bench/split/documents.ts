import { markdownTable, type TextTable, whole } from '../../kit/bench/split/text-table.ts'
import { planConnections } from '../../src/split/plan/plan-connections.ts'
import { alternativesTable } from './alternatives.ts'
import { CORE, rulesOf, USUAL } from './grid.ts'
import { operations } from './operating.ts'
import { gatesTable } from './table-gates.ts'
import { coreTable } from './tables-exact.ts'

const CONFIDENCES = [95, 99, 99.9]
const TOLERANCES = [1, 2, 5, 10]
const TARGETS = [50, 20, 5]

/** What `mode: plan` says that a check takes: the mean, and the limit that `connections: auto` sets. */
function costTable(): TextTable {
  return {
    title: 'What a check takes',
    explained: 'Mean connections where the split is right (and the most that auto allows).',
    headings: [
      'target',
      'tolerance',
      ...CONFIDENCES.map((percent) => `\`confidence: ${percent}\``),
    ],
    rows: TARGETS.flatMap((target) =>
      TOLERANCES.filter((tolerance) => tolerance <= target).map((tolerance) => [
        `${target}%`,
        `${tolerance}`,
        ...CONFIDENCES.map((percent) => costOf(target, tolerance, percent)),
      ]),
    ),
  }
}

function costOf(target: number, tolerance: number, confidence: number): string {
  const cell = {
    target: target / 100,
    tolerance: tolerance / 100,
    error: Number(((100 - confidence) / 100).toFixed(5)),
  }
  const { mean, p999 } = planConnections({ ...rulesOf(cell), guardCrossing: false })
  return `${whole(mean)} (${whole(p999)})`
}

const SHORT = ['target', 'tolerance', 'error', 'this tool', 'minimum', 'fixed, 95% power']

function onlyColumns(table: TextTable, wanted: readonly string[]): TextTable {
  const columns = wanted.map((heading) => table.headings.indexOf(heading))
  const pick = (cells: readonly string[]) => columns.map((column) => cells[column] ?? '')
  return { ...table, headings: pick(table.headings), rows: table.rows.map(pick) }
}

/** The tables that the documents show, by the name of their place. */
export function documentTables(): ReadonlyMap<string, string> {
  const rules = coreTable(CORE, CORE.flatMap(operations))
  return new Map([
    ['split-rules', markdownTable(rules)],
    ['split-short', markdownTable(onlyColumns(rules, SHORT))],
    ...quickTables(),
  ])
}

/** Those of them that take well under a second each. */
export function quickTables(): ReadonlyMap<string, string> {
  return new Map([
    ['split-cost', markdownTable(costTable())],
    ['split-gates', markdownTable(gatesTable(USUAL))],
    ['split-tried', markdownTable(alternativesTable(USUAL))],
  ])
}

const PLACE = /<!-- (split-[a-z]+) -->\n([\s\S]*?)<!-- \/\1 -->/g

/** The tables in a document, by the name of their place. */
export function tablesIn(document: string): Map<string, string> {
  return new Map([...document.matchAll(PLACE)].map(([, name = '', table = '']) => [name, table]))
}

/** A document with its tables as the bench makes them; throws where it has a place for none that there is. */
export function withSplitTables(document: string, tables: ReadonlyMap<string, string>): string {
  return document.replace(PLACE, (_, name: string) => {
    const table = tables.get(name)
    if (table === undefined) throw new RangeError(`no table ${name}`)
    return `<!-- ${name} -->\n${table}<!-- /${name} -->`
  })
}
