import type { Arrival } from '../../routes/probe-request.ts'
import type { ListenerTls, ServedAs } from '../gateway-search.ts'

/** What a Pod with an Envoy does for a rule. */
export type ProxyRole = 'gateway' | 'sidecar' | 'waypoint'

/** A Pod whose Envoy should hold the rule. */
export type ProxyPod = {
  namespace: string
  name: string
  uid: string
  role: ProxyRole
  isReady: boolean
  /** It ends, and may serve requests until then. */
  isTerminating: boolean
  /** Where traffic reaches the rule in it, the preferred place first. */
  arrivals?: readonly ProxyArrival[]
}

/** A place of a Pod at which traffic reaches a rule. */
export type ProxyArrival = {
  /** The gateway, or the word mesh, and the port of its server; of the mesh, the port of the Service. */
  arrival: Arrival
  /** The port of the Pod; undefined where that is not known. */
  port: number | undefined
  /** The hosts of the rule there, which may begin with `*`. */
  hosts: readonly string[]
  tls: ListenerTls
}

/** Which proxies hold a rule. */
export type FoundProxies = {
  /** Those that run, the terminating ones included. */
  pods: readonly ProxyPod[]
  /** How they were found, as a clause: `the Pods that Gateway demo/web selects`. */
  how: string
  /** What is known to be missing from them, a sentence each: proxies in other clusters, Pods behind the Service only. */
  notes: readonly string[]
  /** Why they are not known, as a clause without a period; undefined where they are. Then there are no Pods. */
  unknown?: string
  /** The rule as the proxies have it, if another object delegates to its own one, or its own one to others. */
  served?: ServedAs
}
