import type { Endpoint } from '../../../kube/endpoint.ts'
import { endpointText } from '../../../kube/endpoint.ts'
import { shellQuoted } from '../../../problem/shell-quoted.ts'
import type { TlsSettings } from '../tls/tls-settings.ts'
import { USER_AGENT, WITH_BODY } from './http-dial.ts'
import type { HttpProbeSettings, RequestHeader } from './http-probe-settings.ts'
import { isSecretHeader } from './secret-headers.ts'

/** The seconds that curl takes at most. */
const MOST_SECONDS = 5

/** A curl command that sends the request to an endpoint as the probe does. */
export function curlCommand(settings: HttpProbeSettings, endpoint: Endpoint): string {
  const { method, version, headers, tls } = settings
  const words = [
    ...commonWords(settings, endpoint),
    version === '1.1' ? '--http1.1' : tls ? '--http2' : '--http2-prior-knowledge',
    ...methodWords(method),
    ...headers.flatMap(headerWords),
    ...tlsWords(tls),
    shellQuoted(urlOf(settings, endpoint)),
  ]
  return `curl ${words.join(' ')}`
}

type Asked = Pick<HttpProbeSettings, 'authority' | 'path' | 'tls'>

/** What every curl command has: it connects to the endpoint, and asks for the host without a port. */
export function commonWords({ authority }: Asked, endpoint: Endpoint): string[] {
  return [
    '--include',
    `--max-time ${MOST_SECONDS}`,
    `--connect-to ${shellQuoted(`::${endpointText(endpoint)}`)}`,
    `--header ${shellQuoted(`host: ${authority}`)}`,
    `--user-agent ${shellQuoted(USER_AGENT)}`,
  ]
}

export function urlOf({ authority, path, tls }: Asked, { port }: Endpoint): string {
  return `${tls === undefined ? 'http' : 'https'}://${authority}:${port}${path}`
}

function methodWords(method: string): string[] {
  if (method === 'GET') return []
  if (method === 'HEAD') return ['--head']
  // Without a body curl would not say that it is empty.
  return [
    `--request ${method}`,
    ...(WITH_BODY.includes(method) ? [`--header 'content-length: 0'`] : []),
  ]
}

/** A secret is read from a variable of the shell, which is named after its header. */
export function headerWords([name, value]: RequestHeader): string[] {
  if (!isSecretHeader(name)) return [`--header ${shellQuoted(`${name}: ${value}`)}`]
  return [`--header "${name}: $${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}"`]
}

/** Certificates that were given as text are in files of these names. */
export function tlsWords(tls: TlsSettings | undefined): string[] {
  if (tls === undefined) return []
  const { ca, client, insecure, files } = tls
  return [
    ...(insecure ? ['--insecure'] : []),
    ...(ca === undefined ? [] : [`--cacert ${shellQuoted(files?.ca ?? 'ca.pem')}`]),
    ...(client === undefined
      ? []
      : [
          `--cert ${shellQuoted(files?.cert ?? 'cert.pem')}`,
          `--key ${shellQuoted(files?.key ?? 'key.pem')}`,
        ]),
  ]
}
