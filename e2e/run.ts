import { join } from 'node:path'
import { runBesideMesh } from './outside.ts'

/**
 * npm run e2e: the suite beside a real mesh. What follows `--` goes to vitest (a file's name, `-t`
 * and a test's), or is `bench` (with `--wire`: that of connections) and the bench's options.
 */
function commandFor([first, ...rest]: readonly string[]): string[] {
  const node = process.execPath
  if (first === 'bench') {
    const bench = rest.includes('--wire') ? 'wire.ts' : 'rollouts.ts'
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
