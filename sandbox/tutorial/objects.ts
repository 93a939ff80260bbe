import type { KubeObject } from '../objects/kube-object.ts'
import { ROOT_NAMESPACE } from '../options.ts'
import {
  asApplied,
  objectsIn,
  type PodStart,
  slicesOf,
  type Weights,
  withPort,
  withSubsets,
  withWeights,
} from './fill.ts'
import { type GatewayApiStart, gatewayApiObjects, gatewayWithListeners } from './gateway-api.ts'
import { gatewayWithWeb, type WebStart, webObjects } from './web.ts'

/** A version of the application and its address. */
export type SubsetStart = PodStart & { prefix: string }

/** The values in the tutorial's objects. */
export type Start = {
  namespace: string
  gateway: { host: string; port: number }
  subsets: readonly SubsetStart[]
  /** Weights of the only tcp rule. */
  weights: Weights
  /** The root namespace in Istio's mesh config; default: that of sandboxes. */
  rootNamespace?: string
  /** The application that speaks HTTP; default: there is none. */
  web?: WebStart
  /** The Gateway API; default: it is not there. */
  gatewayApi?: GatewayApiStart
}

/** An object and its creator. */
export type Made = { object: KubeObject; manager: string }

const NONE: { byCluster: KubeObject[]; byUser: KubeObject[] } = { byCluster: [], byUser: [] }

/** The tutorial's objects, in the order in which they can be created. */
export function tutorialObjects(start: Start): Made[] {
  const filled = (file: string, words: Record<string, string> = {}) =>
    objectsIn(file, { GATEWAY_ADDRESS: start.gateway.host, ...words }, start.namespace)
  const web = start.web === undefined ? NONE : webObjects(start.web, filled)
  const gatewayApi =
    start.gatewayApi === undefined ? NONE : gatewayApiObjects(start.gatewayApi, filled)
  const byCluster = [
    ...filled('namespaces.yaml'),
    ...filled('node.yaml'),
    ...filled('mesh-config.yaml', {
      ROOT_NAMESPACE: start.rootNamespace ?? ROOT_NAMESPACE,
    }),
    ...filled('ingress-gateway.yaml')
      .map((object) => withPort(object, 'tcp', start.gateway.port))
      .map((object) => gatewayWithWeb(object, start.web))
      .map((object) => gatewayWithListeners(object, start.gatewayApi)),
    ...start.subsets.flatMap(({ name, prefix, address }) =>
      filled('subset.yaml', { SUBSET: name, PREFIX: prefix, POD_ADDRESS: address }),
    ),
    ...filled('service.yaml').flatMap((object) =>
      object.kind === 'EndpointSlice' ? slicesOf(object, start.subsets) : [object],
    ),
    ...web.byCluster,
    ...gatewayApi.byCluster,
  ]
  const byUser = [
    ...filled('gateway.yaml'),
    ...filled('destination-rule.yaml').map((object) => withSubsets(object, start.subsets)),
    ...filled('virtual-service.yaml').map((object) => withWeights(object, 'tcp', start.weights)),
    ...web.byUser,
    ...gatewayApi.byUser,
  ]
  return [
    ...byCluster.map((object) => ({ object, manager: 'kubectl' })),
    ...byUser.map((object) => ({
      object: asApplied(object),
      manager: 'kubectl-client-side-apply',
    })),
  ]
}
