/** What the name of a cluster in an Istio proxy says of it. */
export type NamedCluster = {
  port: number
  /** Empty where it is of a whole Service. */
  subset: string
  /** The fully qualified name of the Service. */
  host: string
}

/** Source: istio, model.BuildSubsetKey, and for waypoints BuildInboundVIP: `inbound-vip|80|http/v1|HOST`. */
const NAME = /^(?:outbound|inbound-vip)_?\.?\|(\d+)\|(?:[a-z]+\/)?([^|]*)\|(.+)$/

/** Reads the name of a cluster; undefined for one that is of no Service. */
export function clusterNamed(name: string): NamedCluster | undefined {
  const [, port, subset, host] = NAME.exec(name) ?? []
  return port === undefined || subset === undefined || host === undefined
    ? undefined
    : { port: Number(port), subset, host }
}
