import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { canaryWorkflow, MOST_STEPS, SHIFT_ACTION } from '../../build/canary.ts'
import { actionManifest } from '../../build/manifest.ts'
import { pinIn } from '../../build/own-pin.ts'
import { ROOT } from '../../kit/docs/markdown.ts'
import { hasJournal, routeText, WEB_ROUTE, weightsOn } from '../../kit/run/object.ts'
import type { SandboxOptions } from '../../sandbox/options.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'
import { at, objectsAt, textAt } from '../../src/kube/json.ts'
import { holds, type World } from './support/expressions.ts'
import { makePlace, type Place } from './support/place.ts'
import { secrets, short } from './support/ran.ts'
import type { Done } from './support/run-jobs.ts'
import {
  exampleText,
  type Happening,
  jobsOf,
  loadWorkflow,
  needsOf,
  runExample,
} from './support/workflow.ts'

let sandbox: Sandbox
let place: Place | undefined
afterEach(async () => {
  if (place === undefined) return
  place.remove()
  place = undefined
  await sandbox.stop()
})

/** A workflow sends many requests, and the machine may be busy. How long it takes does not matter here. */
const WORKFLOW_MS = 60_000
const SHIFT = 'Shift and confirm'
const RESTORE = 'Restore the weights from before the first step'

/** Runs the example on a new mesh. */
async function runCanary(
  happening: Happening = {},
  web: NonNullable<SandboxOptions['web']> = true,
): Promise<Done> {
  sandbox = await startSandbox({ web })
  place = makePlace(sandbox.kubeconfig)
  return runExample('canary.yml', { ...secrets(sandbox), 'inputs.subset': 'v2' }, place, happening)
}

/** The steps of a run that write weights. */
function shifts({ ran }: Done) {
  return short(ran.filter(({ name }) => name === SHIFT || name === RESTORE))
}

async function writeWeights(weights: Readonly<Record<string, number>>): Promise<void> {
  const http = structuredClone(objectsAt(sandbox.objects.get(WEB_ROUTE) ?? null, 'spec', 'http'))
  for (const destination of objectsAt(http[0] ?? null, 'route')) {
    const subset = textAt(destination, 'destination', 'subset') ?? ''
    Object.assign(destination, { weight: weights[subset] })
  }
  sandbox.objects.patch(WEB_ROUTE, { spec: { http } })
  await sandbox.applied()
}

/** The results of the jobs of the called workflow that were not skipped. */
function results({ jobs }: Done): Record<string, string> {
  return Object.fromEntries(
    Object.entries(jobs).flatMap(([name, { result }]) =>
      result === 'skipped' || name === 'canary' ? [] : [[name, result]],
    ),
  )
}

function expectNothingLeft(): void {
  expect(hasJournal(sandbox, WEB_ROUTE)).toBe(false)
  expect(routeText(sandbox, WEB_ROUTE)).not.toContain('x-istio-traffic-shift')
}

test(
  'the canary plans all steps, then confirms each in a job of its own',
  async () => {
    const done = await runCanary()
    expect(shifts(done)).toEqual(Array(4).fill([SHIFT, 0, 'pass']))
    const plan = done.ran.find(({ verdict }) => verdict === 'planned')
    expect(plan?.text).toContain('100%')
    expect(results(done)).toEqual(
      Object.fromEntries(
        ['plan', 'step-1', 'step-2', 'step-3', 'step-4'].map((job) => [job, 'success']),
      ),
    )
    expect(done.jobs.canary).toEqual({
      result: 'success',
      outputs: {
        weights: '{"v1":0,"v2":100}',
        'previous-weights': '{"v1":100}',
        'rolled-back': 'false',
      },
    })
    expect(weightsOn(sandbox, WEB_ROUTE)).toEqual({ v1: 0, v2: 100 })
    expectNothingLeft()
  },
  WORKFLOW_MS,
)

test(
  'the canary restores the weights from before its first step if the approval of a later step is refused',
  async () => {
    const before = { v1: 98, v2: 2 }
    const done = await runCanary({ refused: 'step-2' }, { http: before })
    expect(shifts(done)).toEqual([
      [SHIFT, 0, 'pass'],
      [RESTORE, 0, 'pass'],
    ])
    expect(results(done)).toEqual({
      plan: 'success',
      'step-1': 'success',
      'step-2': 'failure',
      rollback: 'success',
    })
    expect(done.jobs.canary).toMatchObject({
      result: 'failure',
      outputs: { weights: JSON.stringify(before), 'rolled-back': 'true' },
    })
    expect(weightsOn(sandbox, WEB_ROUTE)).toEqual(before)
    expectNothingLeft()
  },
  WORKFLOW_MS,
)

test(
  'the canary restores the weights from before its first step if a later step finds v2 unhealthy',
  async () => {
    const done = await runCanary({
      meanwhile: {
        'step-2': () => sandbox.faults.destination('v2', { kind: 'status', status: 503 }),
      },
    })
    expect(shifts(done)).toEqual([
      [SHIFT, 0, 'pass'],
      [SHIFT, 1, 'fail'],
      [RESTORE, 0, 'pass'],
    ])
    // The second step restored the weights of the first one itself.
    expect(done.jobs['step-2']?.outputs.weights).toBe('{"v1":95,"v2":5}')
    expect(weightsOn(sandbox, WEB_ROUTE)).toEqual({ v1: 100, v2: 0 })
    expectNothingLeft()
  },
  WORKFLOW_MS,
)

test(
  'the canary writes nothing over weights that someone else wrote while a step waited, not even to roll back',
  async () => {
    const meant = { v1: 40, v2: 60 }
    const done = await runCanary({ meanwhile: { 'step-2': () => writeWeights(meant) } })
    expect(shifts(done)).toEqual([[SHIFT, 0, 'pass']])
    expect(results(done)).toEqual({
      plan: 'success',
      'step-1': 'success',
      'step-2': 'failure',
      rollback: 'failure',
    })
    expect(done.ran.at(-1)?.text).toBe(
      '::error::Nothing was written. The weights in force are {"v1":40,"v2":60}, which this canary did not confirm. Someone else wrote them, or the runner of a step was lost. Before the first step, the weights were {"v1":100}. To restore them, run a shift with weights set to this.\n',
    )
    expect(done.jobs.canary?.outputs).toMatchObject({
      weights: JSON.stringify(meant),
      'rolled-back': 'false',
    })
    expect(weightsOn(sandbox, WEB_ROUTE)).toEqual(meant)
    expectNothingLeft()
  },
  WORKFLOW_MS,
)

describe('the job of the canary that rolls back', () => {
  const job = at(loadWorkflow('canary.yml'), 'jobs', 'rollback')
  const condition = textAt(job, 'if') ?? ''

  function runsAfter(how: Partial<World['status']>, first = 'success', onFailure = 'rollback') {
    const outputs = first === 'cancelled' ? {} : { 'previous-weights': '{"v1":100}' }
    const needs = { plan: { outputs }, 'step-1': { result: first } }
    const status = { success: false, failure: false, cancelled: false, always: true, ...how }
    return holds(condition, { contexts: { needs, inputs: { 'on-failure': onFailure } }, status })
  }

  test('runs after a failure and after a cancellation, and not after a success', () => {
    expect(runsAfter({ failure: true })).toBe(true)
    expect(runsAfter({ cancelled: true })).toBe(true)
    expect(runsAfter({ success: true })).toBe(false)
  })

  test('does not run if the run is cancelled before it has planned, because nothing is known to restore', () => {
    expect(runsAfter({ cancelled: true }, 'cancelled')).toBe(false)
  })

  test('does not run if the first step never started, or if the last confirmed step is to be kept', () => {
    expect(runsAfter({ failure: true }, 'skipped')).toBe(false)
    expect(runsAfter({ cancelled: true }, 'success', 'last-step')).toBe(false)
  })

  test('needs every other job, and waits for no approval', () => {
    const jobs = jobsOf(loadWorkflow('canary.yml')).map(([name]) => name)
    expect(needsOf(job)).toEqual(jobs.filter((name) => name !== 'rollback'))
    expect(textAt(job, 'environment')).toBe(`\${{ inputs.first-environment }}`)
  })
})

test('every step of the canary after the first waits for the approval of its environment and for the step before it', () => {
  const steps = jobsOf(loadWorkflow('canary.yml')).filter(([name]) => name.startsWith('step-'))
  expect(steps).toHaveLength(MOST_STEPS)
  for (const [index, [, job]] of steps.entries()) {
    const environment = index === 0 ? 'first-environment' : 'environment'
    expect(textAt(job, 'environment')).toBe(`\${{ inputs.${environment} }}`)
    expect(needsOf(job)).toEqual(index === 0 ? ['plan'] : ['plan', `step-${index}`])
  }
})

test('the reusable workflow and its action are generated, and a caller gets the action at the same commit', () => {
  const upload = pinIn(exampleText('http-release.yml'), 'actions/upload-artifact')
  const file = (name: string) => readFileSync(path.join(ROOT, name), 'utf8')
  const workflow = file('.github/workflows/canary.yml')
  expect(workflow).toBe(canaryWorkflow(upload))
  expect(file(path.join(SHIFT_ACTION, 'action.yml'))).toBe(actionManifest('../../../'))
  // The form $/ is the repository and the commit of the file in which it stands.
  const uses = [...workflow.matchAll(/uses: (\S+)/g)].map(([, each]) => each)
  expect(new Set(uses)).toEqual(new Set([`$/${SHIFT_ACTION}`, upload.split(' ')[0]]))
})
