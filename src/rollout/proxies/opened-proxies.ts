import type { ProxyPod } from '../../gateways/proxies/found-proxies.ts'
import type { SoughtInProxy } from '../../gateways/proxies/rule-in-proxy.ts'
import type { ProxySet } from './proxy-set.ts'

/** How the rule of a run is found in the proxy of each Pod. */
export type SoughtRules = {
  ruleIn(pod: ProxyPod): SoughtInProxy
  /** Whether the proxies draw a destination for each request, and not for each connection. */
  isHttp: boolean
}

/** The proxies of a run, open until it ends. */
export type OpenedProxies = SoughtRules & {
  set: ProxySet
  /** The Pods, by uid, whose proxies were seen to have the rule. */
  everHeld: Set<string>
}
