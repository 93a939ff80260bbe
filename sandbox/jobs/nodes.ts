import type { ObjectStore } from '../objects/object-store.ts'
import type { SandboxOptions } from '../options.ts'

const ZONE = 'topology.kubernetes.io/zone'

/** The nodes that Pods of Jobs run on; none where there is no kubelet. Those that are named are created with their zones. */
export function createNodes(objects: ObjectStore, jobs: SandboxOptions['jobs'] = false): string[] {
  if (typeof jobs === 'boolean') return jobs ? ['node-0'] : []
  for (const [name, zone] of Object.entries(jobs))
    objects.create({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels: { 'kubernetes.io/hostname': name, [ZONE]: zone } },
      status: { conditions: [{ type: 'Ready', status: 'True' }] },
    })
  return Object.keys(jobs)
}
