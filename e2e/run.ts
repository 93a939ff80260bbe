import { join } from 'node:path'
import { runBesideMesh } from './outside.ts'

const BENCHES = [
  ['--wire', 'wire.ts'],
  ['--run', 'run.ts'],
] as const

/**
 * npm run e2e: the suite beside a real mesh. What follows `--` goes to vitest (a file's name, `-t`
 * and a test's), or is `bench` (with `--wire`: that of connections; with `--run`: that of runs beside
 * kubectl) and the bench's options.
 */
function commandFor([first, ...rest]: readonly string[]): string[] {
  const node = process.execPath
  if (first === 'bench') {
    const bench = BENCHES.find(([flag]) => rest.includes(flag))?.[1] ?? 'rollouts.ts'
    return [node, join(import.meta.dirname, 'bench', bench), ...rest]
  }
  const vitest = join(import.meta.dirname, '..', 'node_modules', 'vitest', 'vitest.mjs')
  const config = join(import.meta.dirname, 'vitest.config.ts')
  const filters = first === undefined ? [] : [first, ...rest]
  return [
    node,
    vitest,
    'run',
    '--root',
    join(import.meta.dirname, '..'),
    '--config',
    config,
    ...filters,
  ]
}

process.exitCode = await runBesideMesh(commandFor(process.argv.slice(2)), { interactive: false })
