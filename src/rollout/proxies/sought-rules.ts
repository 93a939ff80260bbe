import type { ProxyPod } from '../../gateways/proxies/found-proxies.ts'
import type { SoughtInProxy } from '../../gateways/proxies/rule-in-proxy.ts'

/** The rule of a check, and how it is found in the proxy of each Pod. */
export type SoughtRules = {
  inProxy(pod: ProxyPod): SoughtInProxy
  /** Whether the proxies draw a destination for each request, and not for each connection. */
  isHttp: boolean
}
