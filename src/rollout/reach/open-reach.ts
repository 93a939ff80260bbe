import type { Problem } from '../../problem/problem.ts'
import { openJobs } from '../jobs/open-jobs.ts'
import type { Context } from '../model/context.ts'
import { openPortForward } from './open-port-forward.ts'
import { openServiceProxyReach } from './open-service-proxy.ts'
import type { Reach } from './reach.ts'
import type { Taken } from './taken.ts'

/** The way to the gateway that `connect` names; undefined: connections are opened from here. */
export async function openReach(
  context: Context,
  task: Taken,
  signal: AbortSignal,
): Promise<Reach | { finding: Problem } | undefined> {
  const { located, shiftPlan } = task
  switch (context.options.connect) {
    case 'direct':
      return undefined
    case 'port-forward':
      return openPortForward(context, located, signal)
    case 'api-proxy':
      return openServiceProxyReach(context, shiftPlan.rule, located)
    case 'job':
      return openJobs(context, task, signal)
  }
}
