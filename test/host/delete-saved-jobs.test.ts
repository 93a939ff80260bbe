import { expect, test } from 'vitest'
import { deleteSavedJobs } from '../../src/host/after-kill/delete-saved-jobs.ts'
import { apiOf, NEVER, sandboxWith } from '../kube/support/cluster.ts'

const JOB = {
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'shift-web-1', namespace: 'demo' },
  spec: { template: { spec: { containers: [] } } },
}
const JOBS = { group: 'batch', resource: 'jobs' }
const SAVED = { namespace: 'demo', name: 'shift-web-1', hasSecret: true, isThere: false }

async function clusterOfStep() {
  const sandbox = await sandboxWith()
  sandbox.objects.create(JOB)
  const host = {
    environment: { INPUT_KUBECONFIG: sandbox.kubeconfig },
    print: () => undefined,
    onSecret: () => undefined,
    redact: (text: string) => text,
  }
  return { sandbox, host }
}

test('the cleanup step deletes the Jobs that a killed run saved', async () => {
  const { sandbox, host } = await clusterOfStep()
  const saved = { server: apiOf(sandbox.kubeconfig).server, context: 'sandbox', jobs: [SAVED] }
  const lines = await deleteSavedJobs(saved, host, NEVER)
  expect(lines).toEqual([{ level: 'info', text: 'Deleted the Jobs of the run: demo/shift-web-1.' }])
  expect(sandbox.objects.list(JOBS)).toEqual([])
})

test('the cleanup step leaves Jobs of another cluster alone, and says so', async () => {
  const { sandbox, host } = await clusterOfStep()
  const saved = { server: 'https://192.0.2.1', context: 'sandbox', jobs: [SAVED] }
  const [line] = await deleteSavedJobs(saved, host, NEVER)
  expect(line).toMatchObject({ level: 'warning', text: expect.stringContaining('192.0.2.1') })
  expect(sandbox.objects.list(JOBS)).toHaveLength(1)
})
