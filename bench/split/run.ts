import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { plainTable, type TextTable } from '../../kit/bench/split/text-table.ts'
import { alternativesTable } from './alternatives.ts'
import { documentTables, withSplitTables } from './documents.ts'
import { CORE, GRID, USUAL } from './grid.ts'
import { brokenByGuarded, guardedOperations } from './guarded.ts'
import { measureJudging } from './judging.ts'
import { brokenGuarantees, operations } from './operating.ts'
import { picture } from './picture.ts'
import { follow } from './propagation.ts'
import { brokenByPropagation, unguardedPasses } from './propagation-promises.ts'
import { FEW_SCENARIOS, SCENARIOS } from './scenarios.ts'
import { brokenBySimulation, SEVERAL, simulate, truthsOfSeveral } from './several.ts'
import { gateSources, gatesTable } from './table-gates.ts'
import { baselinesTable, coreTable, guardedTable, operationsTable } from './tables-exact.ts'
import { judgingTable, propagationTable, severalTable } from './tables-simulated.ts'

/**
 * What the split test does, in numbers that anyone can check: its operating characteristic by dynamic
 * programming, other rules beside it, and by simulation what cannot be computed exactly. Exits with 1 where
 * a promise is broken.
 */
const SEED = 2026
const ROOT = path.resolve(import.meta.dirname, '../..')

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    documents: { type: 'boolean', default: false },
  },
})

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

function show(table: TextTable): void {
  print(plainTable(table))
}

const DOCUMENTS = ['README.md', 'docs/statistics.md'].map((name) => path.join(ROOT, name))

/** The documents whose tables are not those that the bench makes. */
function outdatedDocuments(): string[] {
  const tables = documentTables()
  return DOCUMENTS.filter((file) => {
    const document = readFileSync(file, 'utf8')
    return withSplitTables(document, tables) !== document
  }).map((file) => `the tables of ${path.relative(ROOT, file)} (write them with --documents)`)
}

/** The tables and the picture that the documents show. */
function writeDocuments(): void {
  const tables = documentTables()
  for (const file of DOCUMENTS) {
    writeFileSync(file, withSplitTables(readFileSync(file, 'utf8'), tables))
  }
  writeFileSync(path.join(ROOT, 'docs', 'statistics.svg'), picture())
}

function printAll(quick: boolean): string[] {
  const cells = quick ? CORE : GRID
  const judged = cells.flatMap(operations)
  const guarded = guardedOperations(quick ? [USUAL] : undefined)
  show(coreTable(CORE, judged))
  show(operationsTable(judged))
  show(alternativesTable(USUAL))
  show(baselinesTable(cells, judged))
  show(guardedTable(guarded))
  show(gatesTable(USUAL))
  print(gateSources())

  const runs = quick ? 300 : 3000
  const several = (quick ? SEVERAL.slice(0, 1) : SEVERAL).flatMap((cell) =>
    truthsOfSeveral(cell).map((truth, i) => simulate(cell, truth, runs, SEED + i)),
  )
  show(severalTable(several))
  const followed = (quick ? FEW_SCENARIOS : SCENARIOS).map((scenario, i) =>
    follow(scenario, quick ? 300 : 1000, SEED + i),
  )
  show(propagationTable(followed))
  const unguarded = unguardedPasses(followed)
  if (unguarded.length > 0)
    print(
      ['Not promised, as no draw tells it from the right split:', ...unguarded]
        .join('\n  ')
        .concat('\n'),
    )
  show(judgingTable(measureJudging()))
  return [
    ...brokenGuarantees(judged),
    ...brokenByGuarded(guarded),
    ...brokenBySimulation(several),
    ...brokenByPropagation(followed),
    ...outdatedDocuments(),
  ]
}

if (values.documents) {
  writeDocuments()
} else {
  const broken = printAll(values.quick)
  print(
    broken.length === 0
      ? 'Every promise is kept in every cell (what is not promised is said above).'
      : ['Broken promises:', ...broken].join('\n'),
  )
  process.exitCode = broken.length === 0 ? 0 : 1
}
