import { textAt } from '../../objects/json.ts'
import { type KubeObject, namespaceOf } from '../../objects/kube-object.ts'
import type { Sight } from '../clusters.ts'
import type { BoundServer } from '../servers.ts'

/** How a server's TLS ends. */
export type Termination = {
  /** Name of the Secret; empty: what is mounted in the gateway's Pods. */
  credential: string
  /** Whether clients must show a certificate, may, or are not asked. */
  clients: 'required' | 'optional' | 'unasked'
  /** Protocols that are offered. */
  alpn: readonly string[]
}

/** PEM texts of a certificate and its key, and of the authority for certificates of clients. */
export type Credential = { certificate: string; key: string; authority: string | undefined }

const CLIENTS: Readonly<Record<string, Termination['clients']>> = {
  MUTUAL: 'required',
  ISTIO_MUTUAL: 'required',
  OPTIONAL_MUTUAL: 'optional',
}

export function terminationOf({ server }: BoundServer, kind: 'tcp' | 'http'): Termination {
  const mode = textAt(server, 'tls', 'mode') ?? ''
  return {
    credential: textAt(server, 'tls', 'credentialName') ?? '',
    clients: CLIENTS[mode] ?? 'unasked',
    alpn: kind === 'http' ? ['h2', 'http/1.1'] : [],
  }
}

/** The certificate in a Secret, by default of the gateway's namespace; undefined if it is missing. */
export function credentialOf(
  { credential, clients }: Termination,
  { objects, client }: Sight,
): Credential | undefined {
  if (credential === '') return client.mounted
  // Names of the Gateway API are whole.
  const [, space, whole] = /^kubernetes-gateway:\/\/([^/]+)\/(.+)$/.exec(credential) ?? []
  const [namespace, name] = [space ?? client.namespace, whole ?? credential]
  const secretOf = (wanted: string) =>
    objects.secrets.find((one) => one.metadata.name === wanted && namespaceOf(one) === namespace)
  const found = credentialIn(secretOf(name), secretOf(`${name}-cacert`))
  return clients !== 'unasked' && found?.authority === undefined ? undefined : found
}

/** The certificate and key in a Secret, and the authority in it or in another one. */
export function credentialIn(
  secret: KubeObject | undefined,
  authorities?: KubeObject | undefined,
): Credential | undefined {
  const certificate = textIn(secret, 'tls.crt') ?? textIn(secret, 'cert')
  const key = textIn(secret, 'tls.key') ?? textIn(secret, 'key')
  const authority =
    textIn(authorities, 'ca.crt') ??
    textIn(authorities, 'cacert') ??
    textIn(secret, 'ca.crt') ??
    textIn(secret, 'cacert')
  if (certificate === undefined || key === undefined) return undefined
  return { certificate, key, authority }
}

function textIn(secret: KubeObject | undefined, field: string): string | undefined {
  const text = textAt(secret, 'stringData', field)
  const data = textAt(secret, 'data', field)
  return text ?? (data === undefined ? undefined : Buffer.from(data, 'base64').toString('utf8'))
}
