import { parseArgs } from 'node:util'
import { type Json, listAt, numberAt } from '../../sandbox/objects/json.ts'
import { type Benched, benched, PROTOCOLS } from './benched.ts'
import { mostAllowed, upperBound } from './binomial.ts'
import {
  endedOtherwise,
  endedWith,
  type Row,
  rightChecks,
  rollouts,
  tallied,
  wrongChecks,
} from './in-a-row.ts'
import { type Phases, phasesOf, quantile, samplingOf } from './phases.ts'

/**
 * npm run e2e -- bench [--protocol NAME] [--stamp] [--rollouts 40] [--checks 500]: how long rollouts take on the real mesh,
 * and how often a verdict is wrong. NAME is tcp, tls, http or https for rules of VirtualServices, or httproute, grpcroute,
 * tlsroute or tcproute. With --stamp the rollouts use `expect: stamp`. Ends with status 1 if a
 * rollout does not pass, if rollouts of http rules take longer than promised, or if more verdicts are wrong than the
 * promised 1% allows.
 */

/** The probability of a wrong verdict that the default confidence allows, in each direction. */
const PROMISED = 0.01
/** The probability of a false alarm of this bench. */
const SURPRISE = 0.001
/** How much longer than necessary rollouts of http rules may take, as a median. */
const LONGEST = 1.3
/** What a rollout may take besides the gateway's switch and the samples of its check, in milliseconds. */
const ALLOWANCE_MS = 200

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      protocol: { type: 'string', default: 'tcp' },
      stamp: { type: 'boolean', default: false },
      rollouts: { type: 'string', default: '40' },
      checks: { type: 'string', default: '500' },
    },
  })
  const protocol = PROTOCOLS.find((one) => one === values.protocol)
  if (protocol === undefined) throw new Error(`--protocol must be ${PROTOCOLS.join(', ')}`)
  const what = await benched(protocol)
  await what.startAt({ v1: 80, v2: 20 })
  const stamp = values.stamp ? { expect: 'stamp' } : {}
  const inputs = { ...what.inputs, ...stamp }
  const [count, checks] = [Number(values.rollouts), Number(values.checks)]
  const slow = count > 0 && (await timeRollouts(count, { ...what, inputs }, protocol))
  const wrong = checks > 0 && (await checkVerdicts(checks, what))
  return slow || wrong ? 1 : 0
}

/** Whether a rollout does not pass, or rollouts take longer than promised. */
async function timeRollouts(count: number, what: Benched, protocol: string): Promise<boolean> {
  const row = await rollouts(count, what.inputs, what.destination)
  say(`${row.ended.length} ${protocol} rollouts in a row, 80/20 <-> 50/50: ${tallied(row)}`)
  sayOdd(row, 'pass')
  const phases = row.reports.map(phasesOf)
  sayPhases(phases, what.samples)
  const ratio = sayNecessary(row.reports, phases, what.samples)
  const isSlow = what.samples === 'requests' && ratio > LONGEST
  return endedOtherwise(row, 'pass').length > 0 || isSlow
}

/** Whether verdicts about a split are wrong more often than promised. */
async function checkVerdicts(checks: number, what: Benched): Promise<boolean> {
  await what.startAt({ v1: 80, v2: 20 })
  const right = await rightChecks(checks, what.inputs)
  sayChecks(right, `${checks} checks of the split that is there`, what.samples)
  sayOdd(right, 'pass')
  const falseFails = sayWrong(endedWith(right, 'fail').length, checks, 'false fails')
  const wrong = await wrongChecks(checks, what.inputs, what.destination)
  const title = `${checks} checks of a split that is off by the tolerance of 5 points`
  sayChecks(wrong, title, what.samples)
  sayOdd(wrong, 'fail')
  const falsePasses = sayWrong(endedWith(wrong, 'pass').length, checks, 'false passes')
  return falseFails || falsePasses
}

/**
 * Prints what is necessary between the write's answer and the verdict, and returns how much longer the rollouts took,
 * as a ratio of medians.
 */
function sayNecessary(
  reports: readonly Json[],
  phases: readonly Phases[],
  samples: Benched['samples'],
): number {
  const sampling = reports.map(samplingOf)
  const median = (values: readonly number[]) => quantile(values, 0.5)
  const perSecond = median(sampling.map((one) => one.perSecond))
  const expected = sampling.reduce((sum, one) => sum + one.expected, 0) / sampling.length
  const propagationMs = median(phases.map((one) => one.propagationMs))
  const necessaryMs = ALLOWANCE_MS + propagationMs + (expected / perSecond) * 1000
  const ratio = median(phases.map((one) => one.totalMs)) / necessaryMs
  say(
    `${ALLOWANCE_MS} ms + propagation + ${expected.toFixed(0)} ${samples} at ${perSecond.toFixed(0)} a second = ${necessaryMs.toFixed(0)} ms; the median is ${ratio.toFixed(2)} times that`,
  )
  return ratio
}

function sayPhases(phases: readonly Phases[], samples: Benched['samples']): void {
  const lines: [keyof Phases, string][] = [
    ['totalMs', "from the write's answer to the verdict"],
    ['waitingMs', '  waiting: before the first attempt, between attempts, removal of the journal'],
    ['propagationMs', '  propagation: until the gateway switched'],
    ['samplingMs', `  sampling: ${samples} of attempts from then on`],
  ]
  for (const [phase, text] of lines) {
    const values = phases.map((one) => one[phase])
    const [median, p95] = [0.5, 0.95].map((share) => quantile(values, share).toFixed(0))
    say(`${text.padEnd(70)} median ${median} ms, 95th percentile ${p95} ms`)
  }
}

function sayChecks(row: Row, title: string, samples: Benched['samples']): void {
  const counts = row.reports.map(
    (report) => numberAt(listAt(report, 'checks', 0, 'attempts').at(-1), 'samples') ?? Number.NaN,
  )
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length
  say(
    `${title}: ${tallied(row)}; ${samples}: mean ${mean.toFixed(0)}, 90th percentile ${quantile(counts, 0.9)}`,
  )
}

/** Prints unexpected outcomes. */
function sayOdd(row: Row, wanted: 'pass' | 'fail'): void {
  for (const { verdict, reason, message } of endedOtherwise(row, wanted))
    say(`  ${verdict} (${reason}): ${message}`)
}

/** Prints how many verdicts were wrong and what that shows. True if there are too many. */
function sayWrong(wrong: number, checks: number, name: string): boolean {
  const allowed = mostAllowed(checks, PROMISED, SURPRISE)
  const bound = (upperBound(wrong, checks, 0.95) * 100).toFixed(2)
  say(
    `  ${name}: ${wrong}; a chance of 1% allows up to ${allowed} (more: less than 1 in ${1 / SURPRISE}); the true chance is below ${bound}% at 95% confidence`,
  )
  return wrong > allowed
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

process.exit(await main())
