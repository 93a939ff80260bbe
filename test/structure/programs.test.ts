import { existsSync, globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'

/** What starts the programs in dist/. */
const STARTERS = ['kit/run/step.ts', 'kit/run/cli.ts', 'sandbox/demo.ts']

/** The files of this project that a file imports, by their paths from the root. */
function importedBy(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(/(?:from |import\()'(\.[^']+\.ts)'/g)]
    .map(([, imported = '']) => path.join(path.dirname(file), imported))
    .filter((imported) => existsSync(imported))
}

/** Whether a file imports what starts a program, directly or through other files. */
function startsPrograms(file: string): boolean {
  const seen = new Set([file])
  for (const one of seen) for (const imported of importedBy(one)) seen.add(imported)
  return STARTERS.some((starter) => seen.has(starter))
}

test('a test that starts the built programs is a *.program.ts, so that npm test stays short', () => {
  expect(globSync('test/**/*.test.ts').filter(startsPrograms)).toEqual([])
})
