import { existsSync, globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'

/** What starts the programs in dist/, or Pods of a Job, each of which is a process on the sandbox. */
const STARTERS = [
  'kit/run/step.ts',
  'kit/run/cli.ts',
  'sandbox/demo.ts',
  'test/prober/support/pod.ts',
  'test/rollout/jobs/support/left.ts',
]
/** A process of Node that runs a file of this project. */
const STARTS_NODE = /(?:spawn|execFile)(?:Sync)?\(\s*process\.execPath,\s*\[(?!\s*'-)/

const imports = new Map<string, string[]>()

/** The files of this project that a file imports, by their paths from the root. */
function importedBy(file: string): string[] {
  const known = imports.get(file)
  if (known !== undefined) return known
  const found = [...readFileSync(file, 'utf8').matchAll(/(?:from |import\()'(\.[^']+\.ts)'/g)]
    .map(([, imported = '']) => path.join(path.dirname(file), imported))
    .filter((imported) => existsSync(imported))
  imports.set(file, found)
  return found
}

/** Whether a file starts a program of this project, directly or through other files. */
function startsPrograms(file: string): boolean {
  if (STARTS_NODE.test(readFileSync(file, 'utf8'))) return true
  const seen = new Set([file])
  for (const one of seen) for (const imported of importedBy(one)) seen.add(imported)
  return STARTERS.some((starter) => seen.has(starter))
}

test('a test that starts programs of this project is a *.long.ts, so that npm test stays short', () => {
  expect(globSync('test/**/*.test.ts').filter(startsPrograms)).toEqual([])
})
