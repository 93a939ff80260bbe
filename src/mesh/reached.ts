import { getProxyUrl } from '@actions/http-client/lib/proxy'
import type { Cluster } from '@kubernetes/client-node/dist/config_types.js'

/** A server with the way there, which the library leaves to its caller: proxies from the environment, plain http as kubectl proxy serves it. */
export function reached(cluster: Cluster): Cluster {
  const proxyUrl = cluster.proxyUrl ?? proxyOf(new URL(cluster.server))
  return {
    ...cluster,
    skipTLSVerify: cluster.skipTLSVerify || cluster.server.startsWith('http:'),
    ...(proxyUrl === undefined ? {} : { proxyUrl }),
  }
}

/** As Go and curl read it, a proxy without a scheme is one of HTTP: `proxy.example:3128` is no URL of a scheme `proxy.example`. */
function proxyOf(server: URL): string | undefined {
  try {
    const named = getProxyUrl(server)
    return named?.host === '' ? new URL(`http://${named}`).href : named?.href
  } catch {
    throw new Error(`the proxy that the environment names for ${server.origin} is no URL`)
  }
}
