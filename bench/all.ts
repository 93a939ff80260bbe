import { spawnSync } from 'node:child_process'
import path from 'node:path'

/**
 * npm run bench: what takes time, each figure beside its yardstick, both measured in the same run: the start of the
 * process, connections, a whole run, a million connections. Ends with status 1 where one of them misses what it promises.
 * The same on the real mesh: `npm run e2e -- bench`, with `--wire` and with `--run`.
 */
const BENCHES = ['start.ts', 'wire/run.ts', 'run.ts', 'memory.ts']

const missed = BENCHES.filter((bench) => {
  process.stdout.write(`\n=== bench/${bench}\n`)
  const file = path.join(import.meta.dirname, bench)
  return spawnSync(process.execPath, [file], { stdio: 'inherit' }).status !== 0
})
if (missed.length > 0) {
  process.stdout.write(`\nMissed what is promised: ${missed.join(', ')}\n`)
  process.exitCode = 1
}
