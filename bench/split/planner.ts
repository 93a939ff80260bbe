import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { seededRandom, simulateAttempts } from '../../kit/split/samples.ts'
import type { PlanRules } from '../../src/split/judge/judge-rules.ts'
import { type ConnectionsPlan, planConnections } from '../../src/split/plan/plan-connections.ts'
import { type PlannerInput, plannerInputs } from './planner-inputs.ts'

/**
 * How long the planner takes and how far it is off: `node bench/split/planner.ts [inputs]`. Times are processor
 * time on this machine; errors are against attempts simulated with judgeAttempt and depend on the seeds alone.
 */
const INPUTS = Number(process.argv[2] ?? 150)
const REPEATS = 5
/** Samples to simulate for each input, and the longest mean attempt for which that is worth while. */
const SAMPLES = 600_000
const LONGEST_MEAN = 2000
const COLD_EACH = 2

type Measured = {
  input: PlannerInput
  plan: ConnectionsPlan
  leastMs: number
  medianMs: number
  errors: Errors | undefined
}

/** Of the plan against the simulation; `meanSe` is the standard error of the simulated mean, as a part of it. */
type Errors = { mean: number; meanSe: number; p90: number; over: number; attempts: number }

function measure(input: PlannerInput, seed: number): Measured {
  let plan = planConnections(input.rules)
  const times = Array.from({ length: REPEATS }, () => {
    const start = threadMs()
    plan = planConnections(input.rules)
    return threadMs() - start
  }).toSorted((a, b) => a - b)
  return {
    input,
    plan,
    leastMs: times[0] ?? 0,
    medianMs: median(times),
    errors: plan.mean > LONGEST_MEAN ? undefined : errorsOf(plan, input.rules, seed),
  }
}

function errorsOf(plan: ConnectionsPlan, rules: PlanRules, seed: number): Errors {
  const attempts = Math.min(20_000, Math.max(100, Math.round(SAMPLES / plan.mean)))
  const all = { ...rules, noReplyAlpha: (0.08 * rules.beta) / rules.hypotheses }
  const samples = simulateAttempts(attempts, seed, all, rules.target)
    .map((outcome) => outcome.samples)
    .toSorted((a, b) => a - b)
  const mean = samples.reduce((sum, one) => sum + one, 0) / attempts
  const variance = samples.reduce((sum, one) => sum + (one - mean) ** 2, 0) / attempts
  return {
    mean: plan.mean / mean - 1,
    meanSe: Math.sqrt(variance / attempts) / mean,
    p90: plan.p90 / (samples[Math.ceil(0.9 * attempts) - 1] ?? 1) - 1,
    over: samples.filter((one) => one > plan.p999).length,
    attempts,
  }
}

/** Milliseconds of the first plan of a new process. */
function coldMs({ rules }: PlannerInput): number {
  const here = fileURLToPath(import.meta.url)
  const run = () =>
    Number(execFileSync(process.execPath, [here, '--cold', JSON.stringify(rules)]).toString())
  return Math.min(run(), run(), run())
}

function table(measured: readonly Measured[]): void {
  line('kind | inputs | warm ms: median, worst | cold ms, the slowest two | exact')
  for (const [kind, these] of byKind(measured)) {
    const times = these.map(({ medianMs }) => medianMs).toSorted((a, b) => a - b)
    const slowest = these.toSorted((a, b) => b.leastMs - a.leastMs).slice(0, COLD_EACH)
    const cold = slowest.map(({ input }) => coldMs(input).toFixed(0)).join(', ')
    const exact = these.filter(({ plan }) => plan.exactness === 'exact').length
    const worst = Math.max(...these.map(({ leastMs }) => leastMs))
    line(
      `${kind} | ${these.length} | ${median(times).toFixed(1)}, ${worst.toFixed(1)} | ${cold} | ${exact}`,
    )
  }
  line('')
  line('kind | inputs | mean: bias, spread beyond chance | p90: bias | part over p999')
  for (const [kind, these] of byKind(measured)) errorLine(kind, these)
}

function errorLine(kind: string, these: readonly Measured[]): void {
  const errors = these.flatMap((one) => (one.errors === undefined ? [] : [one.errors]))
  if (errors.length === 0) return
  const bias = average(errors.map(({ mean }) => mean))
  const se = Math.sqrt(average(errors.map(({ meanSe }) => meanSe ** 2)) / errors.length)
  const beyond = average(errors.map(({ mean, meanSe }) => mean ** 2 - meanSe ** 2))
  const p90 = average(errors.map((one) => one.p90))
  const over = errors.reduce((sum, one) => sum + one.over, 0)
  const attempts = errors.reduce((sum, one) => sum + one.attempts, 0)
  line(
    `${kind} | ${errors.length} | ${percent(bias)} (se ${percent(se)}), ${percent(Math.sqrt(Math.max(0, beyond)))} | ${percent(p90)} | ${percent(over / attempts, 3)}`,
  )
}

function farOff(measured: readonly Measured[]): void {
  line('')
  line('the means that are farthest off, in percent and in standard errors of the simulation')
  const known = measured.flatMap(({ input, plan, errors }) =>
    errors === undefined ? [] : [{ input, plan, errors }],
  )
  const worst = known.toSorted((a, b) => lead(b.errors) - lead(a.errors)).slice(0, 12)
  for (const { input, plan, errors } of worst)
    line(
      `${percent(errors.mean)} (${(errors.mean / errors.meanSe).toFixed(1)}) ${input.name}: ${plan.mean.toFixed(1)} ${plan.exactness}`,
    )
}

/** How much of an error chance does not explain. */
function lead({ mean, meanSe }: Errors): number {
  return Math.abs(mean) - 2 * meanSe
}

function byKind(measured: readonly Measured[]): [string, Measured[]][] {
  const kinds = new Map<string, Measured[]>()
  for (const one of measured) kinds.set(one.input.kind, [...(kinds.get(one.input.kind) ?? []), one])
  return [...kinds].toSorted(([a], [b]) => (a < b ? -1 : 1))
}

/** Processor time that this thread has used: what other processes take does not count. */
function threadMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function median(sorted: readonly number[]): number {
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}

function percent(part: number, digits = 1): string {
  return `${(100 * part).toFixed(digits)}%`
}

function line(text: string): void {
  process.stdout.write(`${text}\n`)
}

const [option, given] = process.argv.slice(2)
if (option === '--cold' && given !== undefined) {
  const rules: PlanRules = JSON.parse(given)
  const start = threadMs()
  planConnections(rules)
  line((threadMs() - start).toFixed(2))
} else {
  const measured = plannerInputs(INPUTS, seededRandom(1)).map(measure)
  table(measured)
  farOff(measured)
}
