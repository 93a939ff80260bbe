import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ProxyArrival, ProxyPod } from '../../../../src/gateways/proxies/found-proxies.ts'
import { type HeldRule, heldRule } from '../../../../src/gateways/proxies/held-rule.ts'
import { type ProxyRoute, proxyRoutes } from '../../../../src/gateways/proxies/proxy-route.ts'
import { ruleInProxy, type SoughtRule } from '../../../../src/gateways/proxies/rule-in-proxy.ts'
import type { Json } from '../../../../src/kube/json.ts'

/** What real Envoys (1.40) with istiod of the 1.31 line answered. */
export type Recorded = 'envoy-1.40' | 'gateway-api' | 'sidecar' | 'sidecar-own-listener' | Waypoint
/** A waypoint has no tables of routes. */
type Waypoint = 'waypoint' | 'waypoint-http-route' | 'waypoint-namespace'

export function dumped(name: Recorded, part: 'listeners' | 'routes'): Json {
  const file = join(import.meta.dirname, '..', 'dumps', `${name}-${part}.json`)
  return JSON.parse(readFileSync(file, 'utf8')) as Json
}

export function routesIn(name: Recorded): ProxyRoute[] {
  const routes = name.startsWith('waypoint') ? { configs: [] } : dumped(name, 'routes')
  return proxyRoutes(dumped(name, 'listeners'), routes)
}

/** A gateway's Pod where traffic arrives at these places. */
export function podWith(...arrivals: ProxyArrival[]): ProxyPod {
  return {
    ...{ namespace: 'istio-system', name: 'gateway-0', uid: '1', role: 'gateway' },
    ...{ isReady: true, isTerminating: false, arrivals },
  }
}

/** What a proxy has of a rule, or why that cannot be found. */
export function heldIn(
  routes: readonly ProxyRoute[],
  pod: ProxyPod,
  asked: SoughtRule,
): HeldRule | string {
  const found = ruleInProxy(asked, pod)
  return found.kind === 'unknown' ? found.why : heldRule(routes, found.rule)
}
