import { parseArgs } from 'node:util'
import {
  brokenBy,
  type Kept,
  keptOf,
  LEAST_MEAN,
  SCENARIOS,
} from '../../kit/bench/proxies/promises.ts'
import { percent, plainTable } from '../../kit/bench/split/text-table.ts'

/**
 * npm run bench:proxies: checks that wait for proxies, by simulation: whole checks with the table of proxies that a run has,
 * two replicas that follow far apart, or not at all. Exits with 1 where a promise is broken. `--runs N`: of each row.
 */
const { values } = parseArgs({ options: { runs: { type: 'string', default: '10000' } } })
const RUNS = Number(values.runs)

const all = SCENARIOS.map((scenario, index) => keptOf(scenario, RUNS, index + 1))

function row({ scenario, pass, fail, meanSamples, meanMs }: Kept): string[] {
  const { name, from, to, promise } = scenario
  return [
    `${from} -> ${to}: ${name}`,
    promise,
    percent(pass.share),
    percent(fail.share),
    Math.round(meanSamples).toLocaleString('en-US'),
    Math.round(meanMs).toLocaleString('en-US'),
  ]
}

const broken = all.flatMap(brokenBy)
process.stdout.write(
  [
    plainTable({
      title: 'Checks that wait for every proxy',
      explained: `${RUNS.toLocaleString('en-US')} simulated checks of each row, at 99% confidence. Samples are those of attempts. No rule needs fewer than ${LEAST_MEAN} on average at 20 ± 5.`,
      headings: ['write', 'promise', 'passes', 'fails', 'mean samples', 'mean ms'],
      rows: all.map(row),
    }),
    broken.length === 0 ? 'Every promise is kept.' : ['Broken promises:', ...broken].join('\n  '),
    '',
  ].join('\n'),
)
if (broken.length > 0) process.exitCode = 1
