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
}

/** Which proxies hold a rule. */
export type FoundProxies = {
  /** Those that run, the terminating ones included. */
  pods: readonly ProxyPod[]
  /** How they were found, as a clause: `the Pods that Gateway demo/web selects`. */
  how: string
  /** What is known to be missing from them, a sentence each: proxies in other clusters, Pods behind the Service only. */
  notes: readonly string[]
  /** Why they cannot be told, as a clause without a period; undefined where they can. Then there are no Pods. */
  unknown?: string
}
