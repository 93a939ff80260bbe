import type { Sandbox } from '../../../../sandbox/sandbox.ts'
import { finderFor } from '../../../../src/gateways/finders.ts'
import type { FoundProxies } from '../../../../src/gateways/proxies/found-proxies.ts'
import type { NamespacedName } from '../../../../src/kube/names.ts'
import { rulesOf } from '../../../../src/routes/kinds.ts'
import type { ClientPods } from '../../../../src/routes/probe-request.ts'
import type { RouteObject } from '../../../../src/routes/route-object.ts'
import { apiOf, NEVER } from '../../../kube/support/cluster.ts'
import { only } from '../../../routes/support/objects.ts'

export type Asked = { token?: string; gatewayService?: NamespacedName; clientPods?: ClientPods }

/** What a user of a sandbox finds about the proxies of an object with one rule. */
export async function proxiesOf(
  sandbox: Sandbox,
  object: RouteObject,
  asked: Asked = {},
): Promise<FoundProxies> {
  const token = asked.token ?? [...sandbox.tokens.keys()][0] ?? ''
  const search = {
    api: apiOf(sandbox.kubeconfigFor(token)),
    workloads: apiOf(sandbox.kubeconfigFor(token, 'application')),
    apiVersion: 'v1',
    object,
    rule: only(rulesOf(object)),
    gatewayService: asked.gatewayService,
    clientPods: asked.clientPods,
  }
  return finderFor(object).findProxies(search, NEVER)
}

/** `namespace/name` of each, in alphabetical order. */
export function namesOf({ pods }: FoundProxies): string[] {
  return pods.map(({ namespace, name }) => `${namespace}/${name}`).toSorted()
}
