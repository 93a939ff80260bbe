import { expect, test } from 'vitest'
import { runHttp, runOn } from '../../../kit/run/run.ts'
import { respond } from '../../../sandbox/faults/api-acts.ts'
import { sandboxWith } from '../../kube/support/cluster.ts'
import { created, leftOn, nothingLeft } from './support/left.ts'
import { SHIFT as JOB_SHIFT, PACE } from './support/shift.ts'

const SHIFT = { ...JOB_SHIFT, ...PACE }
const ROUTES = [
  { apiGroups: ['networking.istio.io'], resources: ['*'], verbs: ['get', 'list', 'patch'] },
  { apiGroups: [''], resources: ['services'], verbs: ['get', 'list'] },
]
const JOBS = {
  apiGroups: ['batch'],
  resources: ['jobs'],
  verbs: ['create', 'get', 'list', 'delete'],
}
const PODS = { apiGroups: [''], resources: ['pods'], verbs: ['list'] }
const LOGS = { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] }
const SECRETS = { apiGroups: [''], resources: ['secrets'], verbs: ['create', 'delete'] }

function meshFor(...rules: (typeof JOBS)[]) {
  const tokens = { 'job-token': { name: 'shifter', rules: [...ROUTES, ...rules] } }
  return sandboxWith({ web: { http: { v1: 80, v2: 20 } }, jobs: true, tokens })
}

const SECRET_HEADER = { 'probe-headers': '{authorization: Bearer opensesame, x-team: shop}' }

test('the rights that docs/jobs.md names are enough for stamps and masked headers, which no Pod has in its arguments', async () => {
  const sandbox = await meshFor(JOBS, PODS, LOGS, SECRETS)
  const { outcome } = await runHttp(sandbox, { ...SHIFT, ...SECRET_HEADER, expect: 'stamp' })
  expect(outcome).toMatchObject({ verdict: 'pass' })
  const [job] = created(sandbox, 'jobs')
  expect(job).toContain('x-team')
  expect(job).not.toContain('opensesame')
  await nothingLeft(sandbox)
})

test('where a Secret may not be created, a run with a masked header ends before the write, with the rule to grant', async () => {
  const sandbox = await meshFor(JOBS, PODS, LOGS)
  const { outcome } = await runHttp(sandbox, { ...SHIFT, ...SECRET_HEADER })
  expect(outcome).toMatchObject({ verdict: 'error', reason: 'access', wrote: false })
  expect(outcome.remedy).toContain('- {apiGroups: [""], resources: ["secrets"], verbs: ["create"]}')
  await nothingLeft(sandbox)
})

test('without secrets a run needs no right to create them, and it names a Job that it may not delete, with the command', async () => {
  const sandbox = await meshFor({ ...JOBS, verbs: ['create', 'get', 'list'] }, PODS, LOGS)
  const { outcome, record } = await runHttp(sandbox, SHIFT)
  expect(outcome).toMatchObject({ verdict: 'pass' })
  const [name] = leftOn(sandbox)
  expect(record.findings.at(-1)).toMatchObject({
    code: 'ITS-JOB-NOT-DELETED',
    what: expect.stringContaining(`Job ${name} in namespace demo could not be deleted: `),
    remedy: expect.stringContaining(`--namespace 'demo' delete jobs '${name}'`),
  })
})

test('where Jobs may not be created, the error has the rule to grant', async () => {
  const sandbox = await meshFor(PODS, LOGS)
  const { outcome } = await runOn(sandbox, {
    ...SHIFT,
    'virtual-service': 'web',
    expect: 'stamp',
  })
  expect(outcome).toMatchObject({ verdict: 'error', reason: 'access', wrote: false })
  expect(outcome.remedy).toContain('resources: ["jobs"], verbs: ["create"]')
})

test('where logs may not be read, the error has the rule to grant, and nothing was written', async () => {
  const sandbox = await meshFor(JOBS, PODS)
  const { outcome } = await runHttp(sandbox, SHIFT)
  expect(outcome).toMatchObject({ verdict: 'error', reason: 'access', wrote: false })
  expect(outcome.remedy).toContain('- {apiGroups: [""], resources: ["pods/log"], verbs: ["get"]}')
  await nothingLeft(sandbox)
})

test('an API server that is too busy to create the Job is said to be so, and no input is blamed', async () => {
  const sandbox = await meshFor(JOBS, PODS, LOGS)
  await sandbox.faults.api({ match: { method: 'POST', path: /\/jobs\?/ }, act: respond(429) })
  const { outcome } = await runHttp(sandbox, SHIFT)
  expect(outcome).toMatchObject({ verdict: 'error', reason: 'cluster', wrote: false })
  expect(outcome.problems?.map(({ code }) => code)).toEqual(['ITS-API-UNAVAILABLE'])
})
