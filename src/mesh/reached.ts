import { getProxyUrl } from '@actions/http-client/lib/proxy'
import type { Cluster } from '@kubernetes/client-node/dist/config_types.js'

/** A server with the way there, which the library leaves to its caller: proxies from the environment, plain http as kubectl proxy serves it. */
export function reached(cluster: Cluster): Cluster {
  const proxyUrl = cluster.proxyUrl ?? getProxyUrl(new URL(cluster.server))?.toString()
  return {
    ...cluster,
    skipTLSVerify: cluster.skipTLSVerify || cluster.server.startsWith('http:'),
    ...(proxyUrl === undefined ? {} : { proxyUrl }),
  }
}
