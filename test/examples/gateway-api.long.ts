import { load } from 'js-yaml'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  backendWeightsOn,
  GATEWAY_ROUTES,
  gatewayMesh,
  resetRoute,
} from '../../kit/run/gateway-api.ts'
import { hasJournal, routeText } from '../../kit/run/object.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'
import { type Json, textsAt } from '../../src/kube/json.ts'
import { makePlace, type Place, runShell } from './support/place.ts'
import { confirmed, secrets, short } from './support/ran.ts'
import { exampleText, runWorkflow } from './support/workflow.ts'

let sandbox: Sandbox
let place: Place
beforeEach(async () => {
  sandbox = await startSandbox(gatewayMesh(true, ['http', 'grpc']))
  place = makePlace(sandbox.kubeconfig)
})
afterEach(async () => {
  place.remove()
  await sandbox.stop()
})

/** A workflow sends many requests, and the machine may be busy. How long it takes does not matter here. */
const WORKFLOW_MS = 60_000

const { http, grpc } = GATEWAY_ROUTES

test(
  'the release workflow for an HTTPRoute adds a backend and shifts over all steps to 100%',
  async () => {
    const ran = await runWorkflow('httproute-release.yml', secrets(sandbox), place)
    expect(short(ran)).toEqual([['Shift to v2', 0, 'pass']])
    expect(confirmed(place, 'web-v2')).toEqual([5, 25, 50, 100])
    expect(backendWeightsOn(sandbox, 'http')).toEqual({ 'web-v1': 0, 'web-v2': 100 })
    expect(hasJournal(sandbox, http.ref)).toBe(false)
  },
  WORKFLOW_MS,
)

test(
  'the release workflow for an HTTPRoute restores the route to the byte if its controller refuses the first step',
  async () => {
    const before = routeText(sandbox, http.ref)
    await sandbox.faults.controller({
      kind: 'rejects',
      condition: 'Accepted',
      reason: 'UnsupportedValue',
      message: 'not so',
    })
    const [step] = await runWorkflow('httproute-release.yml', secrets(sandbox), place)
    expect(step).toMatchObject({ status: 1, verdict: 'fail' })
    expect(step?.text).toContain('ITS-ROUTE-REJECTED')
    expect(routeText(sandbox, http.ref)).toBe(before)
  },
  WORKFLOW_MS,
)

test(
  'the GitLab CI example for a GRPCRoute plans, shifts, and verifies the weights that are in force',
  async () => {
    resetRoute(sandbox, 'grpc', { v1: 1 })
    const pipeline = load(exampleText('grpcroute-gitlab-ci.yml')) as Json
    const run = (job: string) => {
      const before = textsAt(pipeline, 'default', 'before_script')
      const script = [...before, ...textsAt(pipeline, job, 'script')].join('\n')
      return runShell(script, { CI_JOB_ID: '7', NO_COLOR: '1' }, place)
    }
    expect(await run('plan')).toMatchObject({ status: 0 })
    expect(backendWeightsOn(sandbox, 'grpc')).toEqual({ 'web-v1': 1 })
    expect(await run('shift')).toMatchObject({ status: 0 })
    expect(backendWeightsOn(sandbox, 'grpc')).toEqual({ 'web-v1': 80, 'web-v2': 20 })
    expect(await run('verify')).toMatchObject({ status: 0 })
    expect(hasJournal(sandbox, grpc.ref)).toBe(false)
  },
  WORKFLOW_MS,
)
