import { describe, expect, test } from 'vitest'
import { runOn, SURE } from '../../../kit/run/run.ts'
import type { Sandbox } from '../../../sandbox/sandbox.ts'
import { sandboxWith } from '../../kube/support/cluster.ts'

const SHIFT = {
  proxies: 'off',
  connect: 'job',
  subset: 'v2',
  weight: '60',
  tolerance: '35',
  confidence: SURE,
  timeout: '60s',
}
const MESH = {
  weights: { v1: 80, v2: 20 },
  jobs: { 'node-a': 'zone-a', 'node-b': 'zone-b' },
}

/** Names of everything that a run creates for its Jobs, and did not delete. */
function leftOn({ objects, jobs }: Sandbox): string[] {
  const created = [
    { group: 'batch', resource: 'jobs' },
    { group: '', resource: 'secrets' },
  ]
  const names = created.flatMap((kind) => objects.list(kind).map(({ metadata }) => metadata.name))
  return [...names, ...jobs.pods()]
}

async function nothingLeft(sandbox: Sandbox): Promise<void> {
  while (leftOn(sandbox).length > 0 || sandbox.jobs.processes() > 0) await sandbox.objects.changed()
}

describe('a shift with connect: job', () => {
  test('takes its samples from the Pods of Jobs, shows those of each zone, and leaves none of the Pods', async () => {
    const sandbox = await sandboxWith(MESH)
    const { outcome, log } = await runOn(sandbox, { ...SHIFT, 'job-pods': '2' })
    expect({ outcome, log }).toMatchObject({
      outcome: { verdict: 'pass', weights: { v1: 40, v2: 60 } },
    })
    expect(log).toMatch(/from 2 Pods of a Job in namespace demo/)
    const [{ places = [], attempts = [] } = {}] = outcome.checks
    expect(places.map(({ kind, name, pods }) => `${kind} ${name} ${pods}`).sort()).toEqual([
      'zone zone-a 1',
      'zone zone-b 1',
    ])
    const samples = places.reduce((sum, place) => sum + place.samples, 0)
    expect(samples).toBe(attempts.at(-1)?.samples)
    expect(log).toContain('By zone:')
    await nothingLeft(sandbox)
  })
})
