import type { ClientPods } from '../../routes/probe-request.ts'
import type { GatewaySearch } from '../gateway-search.ts'

/** The question: which Pods have an Envoy that holds the rule? */
export type ProxiesSearch = Pick<
  GatewaySearch,
  'api' | 'workloads' | 'apiVersion' | 'object' | 'rule' | 'gatewayService'
> & {
  /** The input client-pods: whose sidecars hold a rule of the mesh itself; undefined: it is not given. */
  clientPods: ClientPods | undefined
}
