import type { Cluster } from '@kubernetes/client-node/dist/config_types.js'
import { environmentProxy } from './environment-proxy.ts'

/** A cluster with settings that the library leaves to its caller: the proxy of the environment, and plain http as `kubectl proxy` serves it. */
export function withProxySettings(cluster: Cluster): Cluster {
  const proxyUrl = cluster.proxyUrl ?? environmentProxy(new URL(cluster.server), process.env)
  return {
    ...cluster,
    skipTLSVerify: cluster.skipTLSVerify || cluster.server.startsWith('http:'),
    ...(proxyUrl === undefined ? {} : { proxyUrl }),
  }
}
