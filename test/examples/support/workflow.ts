import { readFileSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { load } from 'js-yaml'
import { SHIFT_ACTION } from '../../../build/canary.ts'
import { at, isObject, type Json, objectsAt, textAt, textsAt } from '../../../src/kube/json.ts'
import type { Place } from './place.ts'
import { runJobs } from './run-jobs.ts'

const ROOT = resolve(import.meta.dirname, '..', '..', '..')
const REPOSITORY = 'istio-traffic-shift/istio-traffic-shift'

export function exampleText(name: string): string {
  return readFileSync(resolve(ROOT, 'examples', name), 'utf8')
}

/** A workflow in examples/. */
export function exampleOf(name: string): Json {
  return load(exampleText(name)) as Json
}

/** The jobs of a workflow in an order in which they can run. */
export function jobsOf(workflow: Json): [name: string, job: Json][] {
  const jobs = at(workflow, 'jobs')
  if (!isObject(jobs)) throw new Error('the workflow has no jobs')
  const done: string[] = []
  const waiting = Object.keys(jobs)
  while (waiting.length > 0) {
    const next = waiting.findIndex((job) => needsOf(jobs[job]).every((need) => done.includes(need)))
    if (next < 0) throw new Error(`${waiting.join(', ')} wait for each other`)
    done.push(...waiting.splice(next, 1))
  }
  return done.map((name) => [name, jobs[name] ?? null])
}

/** The jobs that a job waits for, given as a list or as one name. */
export function needsOf(job: Json | undefined): string[] {
  const one = textAt(job, 'needs')
  return one === undefined ? textsAt(job, 'needs') : [one]
}

/** The steps of an example in the order in which its jobs can run, each with the name of its job. */
export function stepsOf(name: string): { job: string; step: Json }[] {
  return jobsOf(exampleOf(name)).flatMap(([job, of]) =>
    objectsAt(of, 'steps').map((step) => ({ job, step })),
  )
}

/** Whether the step runs this action. */
export function isOurs(step: Json): boolean {
  const uses = textAt(step, 'uses')
  return (uses?.startsWith(`${REPOSITORY}@`) ?? false) || uses === `$/${SHIFT_ACTION}`
}

/** The reusable workflow of this repository that a job calls; undefined if it has steps of its own. */
export function calledBy(job: Json): Json | undefined {
  const uses = textAt(job, 'uses')
  if (uses === undefined) return undefined
  const [, file] =
    new RegExp(`^${REPOSITORY}/(\\.github/workflows/[\\w-]+\\.yml)@`).exec(uses) ?? []
  if (file === undefined) throw new Error(`unsupported workflow ${uses}`)
  return loadWorkflow(basename(file))
}

/** A workflow of this repository. */
export function loadWorkflow(name: string): Json {
  return load(readFileSync(resolve(ROOT, '.github/workflows', name), 'utf8')) as Json
}

/** The inputs of a step or of a job that calls a workflow, as written. */
export function inputsOf(step: Json): Record<string, string> {
  return textsOf(at(step, 'with'))
}

/** A mapping whose values are texts, as written. */
export function textsOf(given: Json | undefined): Record<string, string> {
  return Object.fromEntries(
    isObject(given) ? Object.entries(given).map(([name, value]) => [name, String(value)]) : [],
  )
}

/**
 * Values of expressions: `secrets.X`, `inputs.X`, `github.X`. Outputs of steps are added when they end.
 * `only` names the one job that runs.
 */
export type Values = Record<string, string>

export type Ran = { name: string; status: number | null; verdict?: string; text: string }

/** What happens to a run from outside: a job whose approval is refused, and what happens while a job waits for its own. */
export type Happening = { refused?: string; meanwhile?: Record<string, () => Promise<unknown>> }

/** Runs the steps of an example in order: the built action as the runner starts it, and shell steps. */
export async function runWorkflow(name: string, given: Values, place: Place): Promise<Ran[]> {
  return (await runExample(name, given, place)).ran
}

/** The same, with the results of its jobs. */
export function runExample(name: string, given: Values, place: Place, happening: Happening = {}) {
  return runJobs(exampleOf(name), { values: given, place, happening })
}
