import { kubectl } from '../../kube/kubectl.ts'
import type { Surroundings } from '../surroundings.ts'

/** The same for every implementation: each has policies and commands of its own beside them. */
export const GATEWAY_SURROUNDINGS: Surroundings = {
  provider: 'the CRDs of the Gateway API',
  controlPlane: "the Gateway's controller",
  affinity: 'sessionPersistence of the rule or policies of the Gateway implementation',
  encryption: 'a BackendTLSPolicy fits what they serve',
  limits: 'the policies of the Gateway implementation',
  filters: 'a policy or extension of the Gateway implementation',
  commands: ({ api, workloads }) => ({
    // The label that implementations set on the Pods of a Gateway: GEP-1762.
    proxies: `${kubectl(workloads)} get pods --all-namespaces --selector gateway.networking.k8s.io/gateway-name --output wide`,
    routes: `${kubectl(api)} get ${ROUTES} --all-namespaces`,
    gateways: `${kubectl(api)} get gateways.gateway.networking.k8s.io --all-namespaces`,
  }),
}

const ROUTES = ['httproutes', 'grpcroutes', 'tlsroutes', 'tcproutes']
  .map((plural) => `${plural}.gateway.networking.k8s.io`)
  .join(',')
