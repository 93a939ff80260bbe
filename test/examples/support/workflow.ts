import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { load } from 'js-yaml'
import { type Running, startStep } from '../../../kit/run/step.ts'
import { at, isObject, type Json, objectsAt, textAt, textsAt } from '../../../src/kube/json.ts'
import { OPTIONS, type Option } from '../../../src/options/table.ts'
import { type Place, runShell } from './place.ts'

const EXAMPLES = resolve(import.meta.dirname, '..', '..', '..', 'examples')

export function exampleText(name: string): string {
  return readFileSync(resolve(EXAMPLES, name), 'utf8')
}

/** The steps of a workflow in the order in which its jobs can run, each with the name of its job. */
export function stepsOf(name: string): { job: string; step: Json }[] {
  const jobs = at(load(exampleText(name)) as Json, 'jobs')
  if (!isObject(jobs)) throw new Error(`${name} has no jobs`)
  const done: string[] = []
  const waiting = Object.keys(jobs)
  while (waiting.length > 0) {
    const next = waiting.findIndex((job) => needs(jobs[job]).every((need) => done.includes(need)))
    if (next < 0) throw new Error(`${waiting.join(', ')} wait for each other`)
    done.push(...waiting.splice(next, 1))
  }
  return done.flatMap((job) => objectsAt(jobs[job], 'steps').map((step) => ({ job, step })))
}

/** The jobs that a job waits for, given as a list or as one name. */
function needs(job: Json | undefined): string[] {
  const one = textAt(job, 'needs')
  return one === undefined ? textsAt(job, 'needs') : [one]
}

/** Whether the step runs this action. */
export function isOurs(step: Json): boolean {
  return textAt(step, 'uses')?.startsWith('istio-traffic-shift/istio-traffic-shift@') ?? false
}

/** The inputs of a step, as written. */
export function inputsOf(step: Json): Record<string, string> {
  const given = at(step, 'with')
  return Object.fromEntries(
    isObject(given) ? Object.entries(given).map(([name, value]) => [name, String(value)]) : [],
  )
}

/** Replaces inputs that make a test slow or, once in a hundred times, fail. */
const HASTE = { 'step-interval': '0s', rate: '', confidence: '99.99', tolerance: '15' }
/** In a test, what verify waits for has happened before it begins, or never will. */
const NO_WAIT = { 'propagation-timeout': '0s' }

/**
 * Values of expressions: `secrets.X`, `inputs.X`, `github.X`. Outputs of steps are added when they end.
 * `only` names the one job that runs.
 */
export type Values = Record<string, string>

export type Ran = { name: string; status: number | null; verdict?: string; text: string }

/** Runs the steps of a workflow in order: the built action as the runner starts it, and shell steps. */
export async function runWorkflow(name: string, given: Values, place: Place): Promise<Ran[]> {
  const ran: Ran[] = []
  const values = { ...given }
  for (const { job, step } of stepsOf(name)) {
    if (given.only !== undefined && job !== given.only) continue
    if (!holds(textAt(step, 'if') ?? 'always()', values)) continue
    const title = textAt(step, 'name') ?? ''
    const script = textAt(step, 'run')
    if (isOurs(step)) {
      const { outputs, ...rest } = await runOurs(step, values, place)
      const id = textAt(step, 'id')
      for (const [output, text] of Object.entries(outputs))
        values[`steps.${id}.outputs.${output}`] = text
      ran.push({ name: title, verdict: outputs.verdict ?? '', ...rest })
    } else if (script !== undefined) {
      const { status, text } = await runShell(script, environmentOf(step, values), place)
      ran.push({ name: title, status, text })
    }
  }
  return ran
}

async function runOurs(
  step: Json,
  values: Values,
  place: Place,
): Promise<{ status: number | null; text: string; outputs: Record<string, string> }> {
  const given = substituted(inputsOf(step), values)
  const waits = given.mode === 'verify' ? NO_WAIT : {}
  const hastes = ['rollback', 'status'].includes(given.mode ?? '') ? {} : HASTE
  const inputs = { ...defaults(), ...given, ...hastes, ...waits }
  const started = startStep(inputs, { RUNNER_TEMP: place.reports }, place.workspace)
  const running: Running = started.main()
  const { status, text } = await running.ended
  const outputs = started.outputs()
  started.remove()
  return { status, text, outputs }
}

/** Inputs that are not given, as the runner passes them. */
function defaults(): Record<string, string> {
  const options: readonly Option[] = OPTIONS
  return Object.fromEntries(options.map((option) => [option.name, option.default ?? '']))
}

function environmentOf(step: Json, values: Values): Record<string, string> {
  const given = at(step, 'env')
  return isObject(given)
    ? substituted(
        Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)])),
        values,
      )
    : {}
}

function substituted(texts: Record<string, string>, values: Values): Record<string, string> {
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [
      name,
      text.replace(/\$\{\{\s*(.*?)\s*\}\}/g, (_, expression: string) => meant(expression, values)),
    ]),
  )
}

function meant(expression: string, values: Values): string {
  const value = values[expression]
  if (value === undefined) throw new Error(`no value for \${{ ${expression} }}`)
  return value
}

/** The conditions that the examples use. Any other one is an error. */
function holds(condition: string, values: Values): boolean {
  if (condition === 'always()') return true
  const [, expression, word] = /^(\S+) == '([^']*)'$/.exec(condition) ?? []
  if (expression === undefined) throw new Error(`unsupported condition: ${condition}`)
  return meant(expression, values) === word
}
