import { afterEach, beforeEach, expect, test } from 'vitest'
import { OTHER_COMMENT } from '../../kit/github/pull-request.ts'
import { MESH_RULES } from '../../kit/run/mesh-rules.ts'
import { hasJournal, routeText, WEB_ROUTE, weightsOn } from '../../kit/run/object.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'
import { makePlace, type Place } from './support/place.ts'
import { pullRequest } from './support/pull-request.ts'
import { confirmed, secrets, short } from './support/ran.ts'
import { runWorkflow } from './support/workflow.ts'

let sandbox: Sandbox
let place: Place
beforeEach(async () => {
  sandbox = await startSandbox({ web: true, jobs: true })
  place = makePlace(sandbox.kubeconfig)
})
afterEach(async () => {
  place.remove()
  await sandbox.stop()
})

/** A workflow sends many requests, and the machine may be busy. How long it takes does not matter here. */
const WORKFLOW_MS = 60_000

/** Nothing of a run is left: no journal, and no stamp. */
function expectNothingLeft(): void {
  expect(hasJournal(sandbox, WEB_ROUTE)).toBe(false)
  expect(routeText(sandbox, WEB_ROUTE)).not.toContain('x-istio-traffic-shift')
}

test(
  'the release workflow for HTTP shifts over all steps to 100%, and leaves no stamp',
  async () => {
    const ran = await runWorkflow('http-release.yml', secrets(sandbox), place)
    expect(short(ran)).toEqual([['Shift to v2', 0, 'pass']])
    expect(confirmed(place)).toEqual([5, 25, 50, 100])
    expect(weightsOn(sandbox, WEB_ROUTE)).toEqual({ v1: 0, v2: 100 })
    expectNothingLeft()
  },
  WORKFLOW_MS,
)

test(
  'the release workflow for a private gateway shifts through the API server',
  async () => {
    sandbox.objects.patch(
      { group: '', resource: 'services', namespace: 'istio-system', name: 'istio-ingressgateway' },
      { spec: { type: 'ClusterIP' }, status: { loadBalancer: { ingress: [] } } },
    )
    const ran = await runWorkflow('private-gateway-release.yml', secrets(sandbox), place)
    expect(short(ran)).toEqual([['Shift to v2', 0, 'pass']])
    expect(confirmed(place)).toEqual([25, 100])
    expectNothingLeft()
  },
  WORKFLOW_MS,
)

test(
  'the release workflow inside the mesh shifts by what Pods of a Job see, and leaves no Job',
  async () => {
    const rule = MESH_RULES['a VirtualService without gateways']
    sandbox.objects.create(rule.object({ v1: 100, v2: 0 }))
    await sandbox.applied()
    const ran = await runWorkflow('mesh-release.yml', secrets(sandbox), place)
    expect(short(ran)).toEqual([['Shift to v2', 0, 'pass']])
    expect(confirmed(place)).toEqual([25, 100])
    expect(sandbox.objects.list({ group: 'batch', resource: 'jobs' })).toEqual([])
  },
  WORKFLOW_MS,
)

test(
  'the release workflow for HTTP restores the object to the byte if v2 answers with 503',
  async () => {
    const before = routeText(sandbox, WEB_ROUTE)
    await sandbox.faults.destination('v2', { kind: 'status', status: 503 })
    const [step] = await runWorkflow('http-release.yml', secrets(sandbox), place)
    expect(step).toMatchObject({ status: 1, verdict: 'fail' })
    expect(step?.text).toContain('reason unhealthy')
    expect(routeText(sandbox, WEB_ROUTE)).toBe(before)
  },
  WORKFLOW_MS,
)

test(
  'the pull request for HTTP gets the plan as a comment, and its canary gets requests for a while',
  async () => {
    const { github, variables } = await pullRequest()
    const ran = await runWorkflow('http-pull-request.yml', secrets(sandbox), {
      ...place,
      variables,
    })
    expect(short(ran)).toEqual([
      ['Plan the shift', 0, 'planned'],
      ['A tenth to v2', 0, 'pass'],
      ['Back to v1', 0, 'pass'],
    ])
    const [other, ours, ...more] = github.comments
    expect(other).toEqual(OTHER_COMMENT)
    expect(ours?.body).toMatch(/^## 📝 .*demo\/web/m)
    expect(ours?.body).toContain('+          weight: 10')
    expect(more).toEqual([])
    expect(weightsOn(sandbox, WEB_ROUTE)).toEqual({ v1: 100, v2: 0 })
    expectNothingLeft()
  },
  WORKFLOW_MS,
)
