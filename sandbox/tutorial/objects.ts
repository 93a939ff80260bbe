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
}

/** An object and its creator. */
export type Made = { object: KubeObject; manager: string }

const NO_WEB: { byCluster: KubeObject[]; byUser: KubeObject[] } = { byCluster: [], byUser: [] }

/** The tutorial's objects, in the order in which they can be created. */
export function tutorialObjects(start: Start): Made[] {
  const filled = (file: string, words: Record<string, string> = {}) =>
    objectsIn(file, { GATEWAY_ADDRESS: start.gateway.host, ...words }, start.namespace)
  const web = start.web === undefined ? NO_WEB : webObjects(start.web, filled)
  const byCluster = [
    ...filled('namespaces.yaml'),
    ...filled('node.yaml'),
    ...filled('mesh-config.yaml', {
      ROOT_NAMESPACE: start.rootNamespace ?? ROOT_NAMESPACE,
    }),
    ...filled('ingress-gateway.yaml')
      .map((object) => withPort(object, 'tcp', start.gateway.port))
      .map((object) => gatewayWithWeb(object, start.web)),
    ...start.subsets.flatMap(({ name, prefix, address }) =>
      filled('subset.yaml', { SUBSET: name, PREFIX: prefix, POD_ADDRESS: address }),
    ),
    ...filled('service.yaml').flatMap((object) =>
      object.kind === 'EndpointSlice' ? slicesOf(object, start.subsets) : [object],
    ),
    ...web.byCluster,
  ]
  const byUser = [
    ...filled('gateway.yaml'),
    ...filled('destination-rule.yaml').map((object) => withSubsets(object, start.subsets)),
    ...filled('virtual-service.yaml').map((object) => withWeights(object, 'tcp', start.weights)),
    ...web.byUser,
  ]
  return [
    ...byCluster.map((object) => ({ object, manager: 'kubectl' })),
    ...byUser.map((object) => ({
      object: asApplied(object),
      manager: 'kubectl-client-side-apply',
    })),
  ]
}
