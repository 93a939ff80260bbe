import type { ClusterFlags } from '../kube/kubectl.ts'

/** What decides, beside a route object, where the traffic of its rules goes: words, and commands to paste that show it. */
export type Surroundings = {
  /** What brings the kind to a cluster. */
  provider: string
  /** What gives the proxies their configuration. */
  controlPlane: string
  /** What keeps a client at one destination, beside Services and load balancers. */
  affinity: string
  /** What must agree on encryption between the gateway and a destination. */
  encryption: string
  /** What limits connections and requests to a destination. */
  limits: string
  /** What defines a destination beside its Service; undefined where nothing does. */
  definition?: string | undefined
  /** What can change a split behind the route object. */
  filters: string
  commands: (clusters: SurroundingClusters, namespace: string) => SurroundingCommands
}

export type SurroundingClusters = {
  /** Holds the route objects. */
  api: ClusterFlags
  /** Holds the Pods. */
  workloads: ClusterFlags
}

/** Where no single command shows something, there is none. */
export type SurroundingCommands = {
  /** Whether the proxies have what the control plane gives them. */
  proxies: string
  /** All route objects of the kinds that can take the same traffic. */
  routes: string
  gateways: string
  policies?: string
  filters?: string
  authentication?: string
  authorization?: string
}
