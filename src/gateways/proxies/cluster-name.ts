/** What the name of a cluster in an Istio proxy says of it. */
export type NamedCluster = {
  port: number
  /** Empty where it is of a whole Service. */
  subset: string
  /** The fully qualified name of the Service. */
  host: string
}

/** Source: istio, model.BuildSubsetKey. */
const OUTBOUND = /^outbound_?\.?\|(\d+)\|([^|]*)\|(.+)$/
/**
 * Of a waypoint, for Services that it serves itself: `inbound-vip|80|http/v1|HOST`, without a subset `inbound-vip|80|http|HOST`.
 * Source: istio, getWaypointDestinationCluster, portToSubset.
 */
const INBOUND_VIP = /^inbound-vip\|(\d+)\|(?:http|tcp)(?:\/([^|]*))?\|(.+)$/

/** Reads the name of a cluster; undefined for one that is of no Service. */
export function clusterNamed(name: string): NamedCluster | undefined {
  const [, port, subset = '', host] = OUTBOUND.exec(name) ?? INBOUND_VIP.exec(name) ?? []
  return port === undefined || host === undefined ? undefined : { port: Number(port), subset, host }
}
