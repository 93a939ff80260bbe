import type { JobFault } from '../faults/job-fault.ts'
import { createOrders, type Orders } from '../faults/orders.ts'
import type { Gateway } from '../mesh/gateway.ts'
import type { ObjectStore } from '../objects/object-store.ts'
import type { Registry } from '../objects/registry.ts'
import type { SandboxOptions } from '../options.ts'
import type { Sidecars } from '../proxies/sidecars.ts'
import { createJobs, type Jobs } from './jobs.ts'
import { createNodes } from './nodes.ts'
import type { PodLog } from './pod-log.ts'
import { networkOf } from './pod-network.ts'

type Parts = {
  objects: ObjectStore
  registry: Registry
  now: () => Date
  gateway: Gateway
  sidecars: () => Sidecars
}

/** What runs the Pods of Jobs, with its faults. */
export type RunningJobs = {
  jobs: Jobs
  logOf: (pod: string) => PodLog | undefined
  orders: Orders<JobFault>
  /** Faults have changed. */
  look(): void
  stop(): Promise<void>
}

export function startJobs(
  asked: SandboxOptions['jobs'],
  { objects, registry, now, gateway, sidecars }: Parts,
): RunningJobs {
  const orders = createOrders<JobFault>()
  const created = createJobs({
    objects,
    storage: registry.storage,
    now,
    faults: orders.active,
    nodes: createNodes(objects, asked),
    startSidecar(pod) {
      const sidecar = sidecars().start(pod)
      return { sidecar, stop: () => sidecars().remove(sidecar) }
    },
    network: (sidecar) => networkOf(objects, gateway, sidecar),
  })
  return { ...created, orders }
}
