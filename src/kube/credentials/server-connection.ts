import type https from 'node:https'
import { KubeConfig } from '@kubernetes/client-node/dist/config.js'
import { withProxySettings } from './proxy-settings.ts'

/** A server that is no API server, and the certificates to trust in place of Node's. */
export type OtherServer = {
  origin: string
  caFile?: string | undefined
  caData?: string | undefined
}

/**
 * How to connect to a server that is no API server: the library applies certificates and proxies as for a cluster.
 * Throws where the environment names a proxy that cannot be used.
 */
export async function connectionTo({
  origin,
  caFile,
  caData,
}: OtherServer): Promise<https.RequestOptions> {
  const name = 'server'
  const server = {
    name,
    server: origin,
    skipTLSVerify: false,
    ...(caFile ? { caFile } : {}),
    ...(caData ? { caData } : {}),
  }
  const config = new KubeConfig()
  config.loadFromOptions({
    clusters: [withProxySettings(server)],
    users: [{ name }],
    contexts: [{ name, cluster: name, user: name }],
    currentContext: name,
  })
  const options: https.RequestOptions = {}
  await config.applyToHTTPSOptions(options)
  return options
}
