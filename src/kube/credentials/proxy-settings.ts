import type { Cluster } from '@kubernetes/client-node/dist/config_types.js'
import { environmentProxy } from './environment-proxy.ts'

/** A server with the way there, which the library leaves to its caller: proxies from the environment, plain http as kubectl proxy serves it. */
export function withProxySettings(cluster: Cluster): Cluster {
  const proxyUrl = cluster.proxyUrl ?? environmentProxy(new URL(cluster.server), process.env)
  return {
    ...cluster,
    skipTLSVerify: cluster.skipTLSVerify || cluster.server.startsWith('http:'),
    ...(proxyUrl === undefined ? {} : { proxyUrl }),
  }
}
