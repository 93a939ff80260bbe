import {
  at,
  isObject,
  type Json,
  labelsAt,
  numberAt,
  objectsAt,
  textAt,
  textsAt,
} from '../../kube/json.ts'
import type { NamespacedName } from '../../kube/names.ts'
import { hostsMatch } from '../../routes/istio/host.ts'
import type { Protocol } from '../../routes/rule.ts'
import type { ListenerTls } from '../gateway-search.ts'

/** An Istio Gateway, with the parts that decide which VirtualServices its servers use. */
export type GatewayObject = NamespacedName & {
  createdAt: string
  selector: Readonly<Record<string, string>>
  servers: readonly Server[]
}

export type Server = {
  port: number
  portName: string
  /** In capitals, as in Istio's documentation. Istio itself ignores the case. */
  protocol: string
  /** undefined: plain text. */
  tls: { mode: string; redirects: boolean } | undefined
  bind: string
  hosts: readonly string[]
}

/** undefined where the JSON has no name. */
export function parseGateway(json: Json): GatewayObject | undefined {
  const name = textAt(json, 'metadata', 'name')
  const namespace = textAt(json, 'metadata', 'namespace')
  if (name === undefined || namespace === undefined) return undefined
  return {
    name,
    namespace,
    createdAt: textAt(json, 'metadata', 'creationTimestamp') ?? '',
    selector: labelsAt(json, 'spec', 'selector'),
    servers: objectsAt(json, 'spec', 'servers').flatMap((server) => parseServer(server) ?? []),
  }
}

function parseServer(json: Json): Server | undefined {
  const port = numberAt(json, 'port', 'number')
  if (port === undefined) return undefined
  const tls = at(json, 'tls')
  return {
    port,
    portName: textAt(json, 'port', 'name') ?? '',
    protocol: (textAt(json, 'port', 'protocol') ?? '').toUpperCase(),
    tls: isObject(tls)
      ? { mode: textAt(tls, 'mode') ?? 'PASSTHROUGH', redirects: at(tls, 'httpsRedirect') === true }
      : undefined,
    bind: textAt(json, 'bind') ?? '',
    hosts: textsAt(json, 'hosts'),
  }
}

/** `namespace/name`, as rules name their gateways. */
export function gatewayName({ namespace, name }: NamespacedName): string {
  return `${namespace}/${name}`
}

const HTTP = ['HTTP', 'HTTP2', 'HTTP_PROXY', 'GRPC', 'GRPC-WEB']

export function isHttp({ protocol }: Server): boolean {
  return HTTP.includes(protocol)
}

/**
 * Whether tcp rules of VirtualServices get a server's connections. HTTP, HTTPS that the gateway terminates, and TLS that
 * it passes through belong to http and tls rules.
 * Source: istio, buildGatewayTCPBasedFilterChains and createGatewayTCPFilterChainOpts.
 */
export function takesTcp(server: Server): boolean {
  if (isHttp(server) || isPassthrough(server)) return false
  return server.protocol !== 'HTTPS' || server.tls === undefined
}

/**
 * Whether rules of a protocol get what arrives at a server: http rules what the gateway reads as HTTP, tls rules TLS that
 * it passes through, and tcp rules the rest. Servers for AUTO_PASSTHROUGH belong to no rules.
 * Source: istio, IsHTTPServer and buildGatewayTCPBasedFilterChains.
 */
export function takes(server: Server, protocol: Protocol): boolean {
  switch (protocol) {
    case 'tcp':
      return takesTcp(server)
    case 'tls':
      return !isHttp(server) && server.tls?.mode === 'PASSTHROUGH'
    case 'http':
    case 'grpc':
      return isHttp(server) || (server.protocol === 'HTTPS' && terminatesTls(server))
  }
}

/** Whether clients of a server must speak TLS with the gateway. An HTTP server has TLS settings only for redirects. */
export function terminatesTls(server: Server): boolean {
  return server.tls !== undefined && !isHttp(server) && !isPassthrough(server)
}

export function tlsOf(server: Server): ListenerTls {
  if (terminatesTls(server)) return 'terminate'
  return isPassthrough(server) && !isHttp(server) ? 'passthrough' : 'none'
}

function isPassthrough({ tls }: Server): boolean {
  return tls !== undefined && ['PASSTHROUGH', 'AUTO_PASSTHROUGH'].includes(tls.mode)
}

/** The protocol of a server, for messages. */
export function protocolText(server: Server): string {
  if (server.tls === undefined || isHttp(server)) return server.protocol
  return `${server.protocol}, TLS ${server.tls.mode}`
}

/**
 * Whether a server admits one of a VirtualService's hosts, given with their domain. `namespace/host` admits the hosts of
 * one namespace, and `./host` those of the Gateway's own.
 * Source: istio, sanitizeServerHostNamespace and pickMatchingGatewayHosts.
 */
export function admits(
  server: Server,
  gatewayNamespace: string,
  { namespace, hosts }: BoundHosts,
): boolean {
  return offeredHosts(server, gatewayNamespace, namespace).some((offered) =>
    hosts.some((wanted) => hostsMatch(offered, wanted)),
  )
}

/** The hosts of an object, with their domain, and its namespace. */
export type BoundHosts = { namespace: string; hosts: readonly string[] }

/** The hosts that a server offers to objects of a namespace. */
export function offeredHosts(server: Server, gatewayNamespace: string, namespace: string) {
  return server.hosts.flatMap((offered) => {
    const slash = offered.indexOf('/')
    const from = slash < 0 ? '*' : offered.slice(0, slash)
    const admitted = from === '.' ? gatewayNamespace : from
    return admitted === '*' || admitted === namespace ? [offered.slice(slash + 1)] : []
  })
}
