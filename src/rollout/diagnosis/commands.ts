import { istioctl, kubectl } from '../../kube/kubectl.ts'
import type { Context } from '../model/context.ts'

/** Commands to paste. */
export type Commands = {
  proxyStatus: string
  virtualServices: string
  destinationRules: string
  affinities: string
  pods: string
  images: string
  gateways: string
  envoyFilters: string
  authentication: string
  authorization: string
}

/** The commands of a run's cluster and namespace. */
export function commandsOf({
  api,
  workloads,
  options,
}: Pick<Context, 'api' | 'workloads' | 'options'>): Commands {
  const columns =
    'NAMESPACE:.metadata.namespace,NAME:.metadata.name,TYPE:.spec.type,AFFINITY:.spec.sessionAffinity'
  return {
    proxyStatus: `${istioctl(workloads)} proxy-status`,
    virtualServices: `${kubectl(api)} get virtualservices.networking.istio.io --all-namespaces`,
    destinationRules: `${kubectl(api, options.namespace)} get destinationrules.networking.istio.io --output yaml`,
    affinities: `${kubectl(workloads)} get services --all-namespaces --output custom-columns=${columns}`,
    pods: `${kubectl(workloads, options.namespace)} get pods --output wide`,
    gateways: `${kubectl(api)} get gateways.networking.istio.io --all-namespaces`,
    envoyFilters: `${kubectl(api)} get envoyfilters.networking.istio.io --all-namespaces`,
    authentication: `${kubectl(api)} get requestauthentications.security.istio.io --all-namespaces`,
    authorization: `${kubectl(api)} get authorizationpolicies.security.istio.io --all-namespaces`,
    images: `${kubectl(workloads, options.namespace)} get pods --output custom-columns='NAME:.metadata.name,LABELS:.metadata.labels,IMAGES:.spec.containers[*].image'`,
  }
}
