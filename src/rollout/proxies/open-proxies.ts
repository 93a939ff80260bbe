import { openProxyAdmin } from '../../evidence/proxies/open-proxy-admin.ts'
import type { Context } from '../model/context.ts'
import type { ShiftPlan } from '../plan/shift-plan.ts'
import { openProxySet } from './open-proxy-set.ts'
import type { OpenedProxies } from './opened-proxies.ts'

/** Finds the proxies of a rule, and opens a tunnel to each. What cannot be found or read has its reason; nothing rejects. */
export async function openProxies(
  { workloads }: Context,
  _plan: Pick<ShiftPlan, 'object' | 'rule' | 'apiVersion'>,
  signal: AbortSignal,
): Promise<OpenedProxies> {
  const why = 'this is not built yet'
  const set = await openProxySet(
    {
      find: async () => ({ pods: [], how: '', notes: [], unknown: why }),
      open: (pod, opening) => openProxyAdmin(workloads, pod, opening),
      most: undefined,
    },
    signal,
  )
  return { set, ruleIn: () => ({ kind: 'unknown', why }) }
}
