import type { ProbeRequest } from '../../routes/probe-request.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import type { Rule } from '../../routes/rule.ts'
import type { ServedAs } from '../gateway-search.ts'
import type { ProxyPod } from './found-proxies.ts'
import type { RuleInProxy } from './held-rule.ts'

/** A rule that proxies hold. */
export type SoughtRule = {
  object: RouteObject
  /** With the destinations that the proxies should have, in the order in which their shares are wanted. */
  rule: Rule
  /** As FoundProxies has it. */
  served?: ServedAs | undefined
  /** What samples of the run send; undefined where that is not known, or there are none. */
  request?: ProbeRequest | undefined
}

/** `why` is a clause without a period. */
export type SoughtInProxy = { kind: 'known'; rule: RuleInProxy } | { kind: 'unknown'; why: string }

/** How to find a rule in the configuration dump of a Pod's Envoy. */
export function ruleInProxy(_sought: SoughtRule, _pod: ProxyPod): SoughtInProxy {
  return { kind: 'unknown', why: 'this is not built yet' }
}
