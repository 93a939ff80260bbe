import type http from 'node:http'
import type https from 'node:https'
import type { KubeConfig } from '@kubernetes/client-node/dist/config.js'
import { keyLines } from '../credentials/kubeconfig/secrets.ts'
import type { Cluster } from '../credentials/load-cluster.ts'
import { closeIdle, keepAlive } from './keep-alive.ts'

/** The credentials and the open connections of one cluster. */
export type Connection = {
  /** What a request is sent with, credentials included. */
  requestOptions(): Promise<https.RequestOptions>
  /** Reads the credentials again. Returns whether there is still a kubeconfig to read them from. */
  renewCredentials(): boolean
  /** Makes the next request open a connection of its own. */
  closeIdle(): void
  close(): void
}

/** Opens no connection yet: the first request does. */
export function connectionTo(cluster: Cluster, onSecret: (secret: string) => void): Connection {
  let config: KubeConfig = cluster.config
  let agent: http.Agent | undefined
  const formerAgents: http.Agent[] = []

  return {
    async requestOptions() {
      const options: https.RequestOptions & { headers: Record<string, string> } = { headers: {} }
      await config.applyToHTTPSOptions(options)
      const authorization = options.headers.Authorization?.trim()
      if (authorization) {
        options.headers.Authorization = authorization
        onSecret(authorization.replace(/^Bearer /, ''))
      }
      for (const secret of secretsIn(options)) onSecret(secret)
      agent ??= keepAlive(cluster.server, options)
      return { ...options, agent }
    },
    renewCredentials() {
      try {
        config = cluster.load()
      } catch {
        return false
      }
      // To destroy the agent would cut off the calls that still use it.
      if (agent) formerAgents.push(agent)
      agent = undefined
      return true
    },
    closeIdle() {
      if (agent) closeIdle(agent)
    },
    close() {
      for (const each of [...formerAgents, ...(agent ? [agent] : [])]) each.destroy()
      cluster.endPlugins()
    },
  }
}

/** A password and a private key, which may come from a plugin or a file. */
function secretsIn({ auth, key }: https.RequestOptions): string[] {
  const password = typeof auth === 'string' ? auth.slice(auth.indexOf(':') + 1) : ''
  // With its user: a short password alone is not recognized in the base64 of both.
  const pair = typeof auth === 'string' ? auth : ''
  const pem = typeof key === 'string' || Buffer.isBuffer(key) ? key.toString() : ''
  return [password, pair, ...keyLines(pem)].filter((secret) => secret !== '')
}
