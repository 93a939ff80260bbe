import { join } from 'node:path'
import { runBesideMesh } from './outside.ts'
import { installOnce } from './parts/install.ts'

const BENCHES = [
  ['--canary', 'canary.ts'],
  ['--health', 'health.ts'],
  ['--wire', 'wire.ts'],
  ['--requests', 'wire-requests.ts'],
  ['--run', 'run.ts'],
  ['--proxies', 'proxies.ts'],
  ['--counters', 'proxies.ts'],
  ['--jobs', 'job-kills.ts'],
  ['--reach', 'reach.ts'],
  ['--users', 'users.ts'],
] as const

/**
 * npm run e2e: the suite on a real mesh. What follows `--` is passed to vitest (a file name, `-t` and a test name), or
 * is `bench` with its options (`--canary`: 0.1%; `--health`: versions with errors; `--wire`: connections; `--requests`:
 * requests; `--run`: runs compared with kubectl; `--proxies`: what the proxies of a rule show; `--counters`: a part of that; `--users`: verdicts from
 * users' traffic).
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

const given = process.argv.slice(2)
// The others that this bench starts are built.
if (given.includes('--users')) installOnce('wrk')
process.exitCode = await runBesideMesh(commandFor(given), { interactive: false })
