import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { plainTable } from '../../kit/bench/split/text-table.ts'
import { DOCUMENTS, outdated, withHealthTables } from './documents.ts'
import { type Found, PARTS } from './parts.ts'

/**
 * npm run bench:health: what the health tests do, in numbers that anyone can check: limits by dynamic programming with formulas
 * of the bench's own, rules of other tools beside them, and whole runs through the check machine by simulation. Exits with 1
 * where a promise is broken. `--part NAME` (again for more) runs one alone; `--documents` writes the tables of docs/.
 */
const { values } = parseArgs({
  options: {
    part: { type: 'string', multiple: true, default: Object.keys(PARTS) },
    quick: { type: 'boolean', default: false },
    documents: { type: 'boolean', default: false },
  },
})

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

function made(name: string): Found {
  const part = PARTS[name]
  if (part === undefined)
    throw new RangeError(`no part ${name}; there are ${Object.keys(PARTS).join(', ')}`)
  const found = part(values.quick)
  for (const table of found.tables.values()) print(plainTable(table))
  return found
}

const all = values.part.map(made)
const tables = new Map(all.flatMap((found) => [...found.tables]))
if (values.documents)
  for (const file of DOCUMENTS)
    writeFileSync(file, withHealthTables(readFileSync(file, 'utf8'), tables))

const broken = [...all.flatMap((found) => found.broken), ...(values.quick ? [] : outdated(tables))]
print(broken.length === 0 ? 'Every promise is kept.' : ['Broken promises:', ...broken].join('\n  '))
process.exitCode = broken.length === 0 ? 0 : 1
