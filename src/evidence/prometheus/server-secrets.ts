import { urlSecrets } from '../../kube/credentials/kubeconfig/secrets.ts'
import { isSecretHeader } from '../probe/http/secret-headers.ts'
import type { PrometheusServer } from './server.ts'

/** A shorter value, such as that of a tenant, is also part of names that a run must show. No message shows it anyway. */
const SHORTEST = 8
/** Of a header or a parameter that is secret by its name. */
const SHORTEST_SECRET = 4
const PARAMETER = /token|key|secret|password|auth|sig/i

/** Everything about a server that must not be printed: the values of its headers, and credentials in its address. */
export function serverSecrets(server: PrometheusServer | undefined): string[] {
  if (server === undefined) return []
  const { url, headers } = server
  const parameters = [...new URL(url).searchParams].flatMap(([name, value]) =>
    PARAMETER.test(name) && value.length >= SHORTEST_SECRET
      ? [value, encodeURIComponent(value)]
      : [],
  )
  const ofHeaders = headers.flatMap(([name, value]) => {
    const least = isSecretHeader(name) ? SHORTEST_SECRET : SHORTEST
    return [value, ...credentialsIn(value)].filter((secret) => secret.length >= least)
  })
  return [...urlSecrets(url), ...parameters, ...ofHeaders]
}

/** Of `Bearer x` the token x; of `Basic x` also the password in it. */
function credentialsIn(value: string): string[] {
  const [, scheme, credentials] = /^(\S+) +(\S.*)$/.exec(value) ?? []
  if (credentials === undefined) return []
  if (scheme?.toLowerCase() !== 'basic') return [credentials]
  const pair = Buffer.from(credentials, 'base64').toString('utf8')
  return [credentials, pair, pair.slice(pair.indexOf(':') + 1)]
}
