import { istioctl, kubectl } from '../../kube/kubectl.ts'
import type { Surroundings } from '../surroundings.ts'

export const ISTIO_SURROUNDINGS: Surroundings = {
  provider: 'Istio',
  controlPlane: 'istiod',
  affinity: 'consistentHash in DestinationRules',
  encryption: 'DestinationRules and PeerAuthentication agree on mutual TLS',
  limits: 'the DestinationRule',
  definition: 'a DestinationRule defines the subset',
  filters: 'an EnvoyFilter',
  commands: ({ api, workloads }, namespace) => ({
    proxies: `${istioctl(workloads)} proxy-status`,
    routes: `${kubectl(api)} get virtualservices.networking.istio.io --all-namespaces`,
    gateways: `${kubectl(api)} get gateways.networking.istio.io --all-namespaces`,
    policies: `${kubectl(api, namespace)} get destinationrules.networking.istio.io --output yaml`,
    filters: `${kubectl(api)} get envoyfilters.networking.istio.io --all-namespaces`,
    authentication: `${kubectl(api)} get requestauthentications.security.istio.io --all-namespaces`,
    authorization: `${kubectl(api)} get authorizationpolicies.security.istio.io --all-namespaces`,
  }),
}
