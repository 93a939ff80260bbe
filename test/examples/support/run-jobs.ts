import { readFileSync } from 'node:fs'
import { WORKFLOW_TOKEN } from '../../../kit/github/stand-in.ts'
import {
  at,
  isObject,
  type Json,
  type JsonObject,
  objectsAt,
  textAt,
} from '../../../src/kube/json.ts'
import { filledIn, holds, type World } from './expressions.ts'
import type { Place } from './place.ts'
import { runStep } from './run-step.ts'
import {
  calledBy,
  type Happening,
  inputsOf,
  jobsOf,
  needsOf,
  type Ran,
  textsOf,
  type Values,
} from './workflow.ts'

export type JobResult = { result: 'success' | 'failure' | 'skipped'; outputs: Values }

/** A run of a workflow: the values of its expressions, where it runs, and what happens to it from outside. */
type Run = { values: Values; place: Place; happening: Happening }

/** What a run did: every step, and the results of its jobs, those of a called workflow too. */
export type Done = { ran: Ran[]; jobs: Record<string, JobResult>; outputs: Values }

/** Runs the jobs of a workflow one after the other, as GitHub does where each waits for the one before. */
export async function runJobs(workflow: Json, run: Run): Promise<Done> {
  const done: Done = { ran: [], jobs: {}, outputs: {} }
  const contexts = contextsOf(run)
  for (const [name, job] of jobsOf(workflow)) {
    if (run.values.only !== undefined && name !== run.values.only) continue
    const before = run.values.only === undefined ? ancestors(name, workflow) : []
    const results = before.map((each) => done.jobs[each]?.result)
    const status = {
      ...SUCCESS,
      success: results.every((result) => result === 'success'),
      failure: results.includes('failure'),
    }
    const needs = Object.fromEntries(
      needsOf(job).map((each) => [each, (done.jobs[each] ?? {}) as JsonObject]),
    )
    const world: World = { contexts: { ...contexts, needs, steps: {} }, status }
    if (!holds(textAt(job, 'if') ?? 'success()', world)) {
      done.jobs[name] = { result: 'skipped', outputs: {} }
    } else if (run.happening.refused === name) {
      done.jobs[name] = { result: 'failure', outputs: {} }
    } else {
      await run.happening.meanwhile?.[name]?.()
      done.jobs[name] = await runJob(job, world, run, done)
    }
  }
  const outputs = textsOf(outputsOf(workflow))
  const world = { contexts: { jobs: done.jobs as unknown as Json }, status: SUCCESS }
  done.outputs = filledInAll(outputs, world)
  return done
}

const SUCCESS = { success: true, failure: false, cancelled: false, always: true }

/** The jobs that a job waits for, and those that they wait for. */
function ancestors(name: string, workflow: Json): string[] {
  const jobs = at(workflow, 'jobs')
  const direct = needsOf(isObject(jobs) ? jobs[name] : undefined)
  return [...new Set([...direct, ...direct.flatMap((each) => ancestors(each, workflow))])]
}

async function runJob(job: Json, world: World, run: Run, done: Done): Promise<JobResult> {
  const called = calledBy(job)
  if (called !== undefined) return runCalled(called, job, world, { run, done })
  const steps: JsonObject = {}
  const environment: Record<string, string> = {}
  let hasFailed = false
  for (const step of objectsAt(job, 'steps')) {
    const status = { ...SUCCESS, success: !hasFailed, failure: hasFailed }
    const now: World = { contexts: { ...world.contexts, steps }, status }
    if (!holds(textAt(step, 'if') ?? 'success()', now)) continue
    const { ran, outputs = {}, exported = {} } = await runStep(step, now, environment, run.place)
    const id = textAt(step, 'id')
    if (id !== undefined) steps[id] = { outputs }
    Object.assign(environment, exported)
    if (ran === undefined) continue
    done.ran.push(ran)
    hasFailed ||= ran.status !== 0 && at(step, 'continue-on-error') !== true
  }
  const outputs = filledInAll(textsOf(at(job, 'outputs')), {
    contexts: { ...world.contexts, steps },
    status: SUCCESS,
  })
  return { result: hasFailed ? 'failure' : 'success', outputs }
}

/** Runs a reusable workflow, which sees its own inputs and the secrets that it is given. */
async function runCalled(
  called: Json,
  job: Json,
  world: World,
  { run, done }: { run: Run; done: Done },
): Promise<JobResult> {
  const given = filledInAll(inputsOf(job), world)
  const secrets = filledInAll(textsOf(at(job, 'secrets')), world)
  const values = {
    ...prefixed('github', world.contexts.github),
    ...prefixed('inputs', inputsFor(called, given)),
    ...prefixed('secrets', secretsFor(called, secrets)),
  }
  const inner = await runJobs(called, { ...run, values })
  done.ran.push(...inner.ran)
  Object.assign(done.jobs, inner.jobs)
  const results = Object.values(inner.jobs).map(({ result }) => result)
  return { result: results.includes('failure') ? 'failure' : 'success', outputs: inner.outputs }
}

function inputsFor(called: Json, given: Values): Values {
  const known = at(called, 'on', 'workflow_call', 'inputs')
  if (!isObject(known)) throw new Error('the workflow cannot be called')
  const unknown = Object.keys(given).filter((name) => !(name in known))
  if (unknown.length > 0) throw new Error(`the workflow has no input ${unknown.join(', ')}`)
  return Object.fromEntries(
    Object.entries(known).map(([name, input]) => {
      const value = given[name] ?? at(input, 'default')
      if (value === undefined && at(input, 'required') === true)
        throw new Error(`the workflow requires ${name}`)
      return [name, String(value ?? '')]
    }),
  )
}

function secretsFor(called: Json, given: Values): Values {
  const known = at(called, 'on', 'workflow_call', 'secrets')
  const names = isObject(known) ? Object.keys(known) : []
  const unknown = Object.keys(given).filter((name) => !names.includes(name))
  if (unknown.length > 0) throw new Error(`the workflow has no secret ${unknown.join(', ')}`)
  return Object.fromEntries(names.map((name) => [name, given[name] ?? '']))
}

function outputsOf(workflow: Json): Json {
  const outputs = at(workflow, 'on', 'workflow_call', 'outputs')
  if (!isObject(outputs)) return {}
  return Object.fromEntries(
    Object.entries(outputs).map(([name, output]) => [name, textAt(output, 'value') ?? '']),
  )
}

function filledInAll(texts: Record<string, string>, world: World): Values {
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, filledIn(text, world)]),
  )
}

function prefixed(context: string, values: Json | undefined): Values {
  return Object.fromEntries(
    Object.entries(textsOf(values)).map(([name, text]) => [`${context}.${name}`, text]),
  )
}

/** Values such as `github.event.number` as contexts. */
function contextsOf({ values, place }: Run): Record<string, JsonObject> {
  const github: JsonObject = { token: WORKFLOW_TOKEN }
  const contexts: Record<string, JsonObject> = {
    ...{ github, inputs: {}, secrets: {}, vars: {} },
    runner: { temp: place.reports },
  }
  for (const [name, text] of Object.entries(values)) {
    const [context = '', ...path] = name.split('.')
    const within = contexts[context]
    if (within !== undefined) put(within, path, text)
  }
  Object.assign(github, startedBy(place))
  return contexts
}

/** The repository and the event of the workflow run, if the test has one. */
function startedBy({ variables = {} }: Place): JsonObject {
  const { GITHUB_REPOSITORY: repository, GITHUB_EVENT_PATH: file } = variables
  if (repository === undefined || file === undefined) return {}
  return { repository, event: JSON.parse(readFileSync(file, 'utf8')) as Json }
}

function put(within: JsonObject, [first = '', ...rest]: readonly string[], text: string): void {
  if (rest.length === 0) {
    within[first] = text
    return
  }
  const next = within[first]
  const inner = isObject(next) ? next : {}
  within[first] = inner
  put(inner, rest, text)
}
