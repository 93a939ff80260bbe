import { parseArgs } from 'node:util'
import { logs } from './logs.ts'
import { places } from './places.ts'
import { hanging, rates } from './rates.ts'
import { scale } from './scale.ts'

/**
 * npm run bench:jobs: samples of the Pods of a Job, by simulation on a clock of its own: how often attempts on 64 Pods pass and
 * fail with a version that is ten times slower, what hanging samples look like, which places are named, what logs grow by, and what 10 million samples of
 * 64 Pods cost.
 * Exits with 1 where a promise is broken. `--attempts N`: of each row. `--samples N`: of 64 Pods.
 */
const { values } = parseArgs({
  options: {
    attempts: { type: 'string', default: '2000' },
    samples: { type: 'string', default: '10240000' },
  },
})
logs()
const broken = [
  ...rates(Number(values.attempts)),
  ...hanging(20),
  ...places(1000),
  ...(await scale(Number(values.samples))),
]
for (const one of broken) process.stdout.write(`BROKEN: ${one}.\n`)
process.exitCode = broken.length === 0 ? 0 : 1
