import { type Json, listAt, numberAt, textAt, textsAt } from '../objects/json.ts'
import { type KubeObject, namespaceOf } from '../objects/kube-object.ts'
import { byAge } from './by-age.ts'
import { hostsMatch } from './hosts-match.ts'

/** A server of a Gateway. */
export type AtServer = { gateway: KubeObject; server: Json; port: number }

/**
 * The VirtualServices that the proxies of a namespace see, in istiod's order: private ones, then those that name the
 * namespace, then those for all namespaces, each by age.
 */
export function seenFrom(
  namespace: string,
  virtualServices: readonly KubeObject[],
): readonly KubeObject[] {
  const rankOf = (object: KubeObject) => {
    const exportTo = textsAt(object, 'spec', 'exportTo')
    if (exportTo.length === 0 || exportTo.includes('*')) return 2
    const own = namespaceOf(object)
    const named = exportTo.map((one) => (one === '.' ? own : one))
    if (!named.includes(namespace)) return undefined
    return own === namespace ? 0 : 1
  }
  return virtualServices
    .flatMap((object) => {
      const rank = rankOf(object)
      return rank === undefined ? [] : [{ object, rank }]
    })
    .sort((a, b) => a.rank - b.rank || byAge(a.object, b.object))
    .map(({ object }) => object)
}

/** The tcp rule that gets a server's connections: the first match in the first object that the server admits. */
export function entryFor(
  { gateway, server, port }: AtServer,
  virtualServices: readonly KubeObject[],
): { rule: Json; owner: KubeObject } | undefined {
  const name = `${namespaceOf(gateway)}/${gateway.metadata.name}`
  for (const owner of virtualServices) {
    const bound = textsAt(owner, 'spec', 'gateways').map((one) => qualified(one, owner))
    if (!bound.includes(name) || !hostsMeet(server, gateway, owner)) continue
    const rule = listAt(owner, 'spec', 'tcp').find(
      (one) => listAt(one, 'route').length > 0 && matches(one, owner, name, port),
    )
    if (rule !== undefined) return { rule, owner }
  }
  return undefined
}

/** Whether tcp rules apply to a server that the sandbox can serve: any protocol except HTTP, without TLS. */
export function servesTcp(server: Json): boolean {
  const protocol = (textAt(server, 'port', 'protocol') ?? '').toLowerCase()
  const isHttp = ['http', 'http2', 'https', 'http_proxy', 'grpc', 'grpc-web'].includes(protocol)
  return !isHttp && Object.keys(objectOf(server, 'tls')).length === 0
}

function objectOf(json: Json, field: string): object {
  const value = typeof json === 'object' && json !== null && !Array.isArray(json) && json[field]
  return typeof value === 'object' && value !== null ? value : {}
}

/** A gateway only uses the port and the gateways of a match. */
function matches(rule: Json, owner: KubeObject, gateway: string, port: number): boolean {
  const predicates = listAt(rule, 'match')
  if (predicates.length === 0) return true
  return predicates.some((predicate) => {
    const wanted = numberAt(predicate, 'port') ?? 0
    const gateways = textsAt(predicate, 'gateways').map((one) => qualified(one, owner))
    return (
      (wanted === 0 || wanted === port) && (gateways.length === 0 || gateways.includes(gateway))
    )
  })
}

function qualified(gateway: string, owner: KubeObject): string {
  if (gateway.startsWith('./')) return `${namespaceOf(owner)}${gateway.slice(1)}`
  return gateway.includes('/') ? gateway : `${namespaceOf(owner)}/${gateway}`
}

function hostsMeet(server: Json, gateway: KubeObject, owner: KubeObject): boolean {
  const hosts = textsAt(owner, 'spec', 'hosts').map((host) => fqdnOf(host, owner))
  return textsAt(server, 'hosts').some((offered) => {
    const [namespace, host] = offered.includes('/') ? offered.split('/') : ['*', offered]
    const from = namespace === '.' ? namespaceOf(gateway) : namespace
    if (from !== '*' && from !== namespaceOf(owner)) return false
    return hosts.some((wanted) => hostsMatch(host ?? '', wanted))
  })
}

/** A host with the namespace and the domain that are missing in a short name. */
export function fqdnOf(host: string, owner: KubeObject): string {
  const isShort = !host.includes('.') && host !== '*'
  return isShort ? `${host}.${namespaceOf(owner)}.svc.cluster.local` : host
}
