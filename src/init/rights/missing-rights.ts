import type { ApiServer } from '../../kube/api-server.ts'
import { isAllowed } from '../../kube/rights.ts'
import type { Clusters } from '../../rollout/model/context.ts'
import type { Right } from './rights-of.ts'

/** The groups whose objects are where the Pods are. */
const OF_WORKLOADS = ['', 'batch']

/** Those of the rights that the user of the kubeconfig lacks; undefined where the API server does not say. */
export async function missingRights(
  { api, workloads }: Clusters,
  rights: readonly Right[],
  signal: AbortSignal,
): Promise<Right[] | undefined> {
  try {
    const each = await Promise.all(
      rights.map(async (right): Promise<Right[]> => {
        const server = isOfObject(right) ? api : workloads
        const allowed = await Promise.all(
          right.verbs.map((verb) => mayDo(server, right, verb, signal)),
        )
        const verbs = right.verbs.filter((_, index) => !allowed[index])
        return verbs.length === 0 ? [] : [{ ...right, verbs }]
      }),
    )
    return each.flat()
  } catch {
    return undefined
  }
}

/** Whether a right is for the API server of the route object. Events are on that object. */
export function isOfObject({ group, resource }: Pick<Right, 'group' | 'resource'>): boolean {
  return resource === 'events' || !OF_WORKLOADS.includes(group)
}

/** Whether the user has a right for one verb. */
export function mayDo(
  api: ApiServer,
  { namespace, group, resource, names }: Omit<Right, 'verbs' | 'isRequired'>,
  verb: string,
  signal: AbortSignal,
): Promise<boolean> {
  const asked = { group, version: '*', plural: resource, namespace, name: names?.[0] }
  return isAllowed(api, verb, asked, signal)
}
