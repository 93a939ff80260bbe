import { type Json, listAt, numberAt, textAt, textsAt } from '../objects/json.ts'
import { type KubeObject, namespaceOf } from '../objects/kube-object.ts'
import { byAge } from './by-age.ts'
import { hostsMatch } from './hosts-match.ts'
import type { BoundServer } from './servers.ts'

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
export function tcpRuleFor(
  bound: BoundServer,
  virtualServices: readonly KubeObject[],
): { rule: Json; owner: KubeObject } | undefined {
  for (const owner of virtualServices) {
    if (!isBound(owner, bound) || !hostsMeet(bound, owner)) continue
    const rule = listAt(owner, 'spec', 'tcp').find(
      (one) => listAt(one, 'route').length > 0 && anyFits(listAt(one, 'match'), owner, bound),
    )
    if (rule !== undefined) return { rule, owner }
  }
  return undefined
}

/** Whether a VirtualService names the Gateway of a server. One that names none is for the sidecars of the mesh. */
export function isBound(owner: KubeObject, { gateway }: BoundServer): boolean {
  const named = textsAt(owner, 'spec', 'gateways').map((one) => qualified(one, owner))
  return (named.length === 0 ? [MESH] : named).includes(nameOf(gateway))
}

/** Whether a rule without matches, or with these, applies to a server. */
function anyFits(predicates: readonly Json[], owner: KubeObject, bound: BoundServer): boolean {
  return predicates.length === 0 || predicates.some((one) => fitsServer(one, owner, bound))
}

/** Whether a match fits a server. A gateway only uses the port and the gateways of a tcp or tls match. */
export function fitsServer(predicate: Json, owner: KubeObject, bound: BoundServer): boolean {
  const wanted = numberAt(predicate, 'port') ?? 0
  const gateways = textsAt(predicate, 'gateways').map((one) => qualified(one, owner))
  return (
    (wanted === 0 || wanted === bound.port) &&
    (gateways.length === 0 || gateways.includes(nameOf(bound.gateway)))
  )
}

/** A Gateway's namespace and name, or the word for the sidecars of the mesh. */
export function nameOf(gateway: KubeObject): string {
  const namespace = namespaceOf(gateway)
  return namespace === '' ? gateway.metadata.name : `${namespace}/${gateway.metadata.name}`
}

const MESH = 'mesh'

/** Where the sidecars of the mesh take traffic for a port of a Service, in place of a Gateway's server. */
export function meshServer(port: number): BoundServer {
  const gateway = { apiVersion: 'v1', kind: 'Gateway', metadata: { name: MESH } }
  return { gateway, server: {}, port, hosts: ['*'] }
}

/** A name in `gateways` with its namespace. */
export function qualified(gateway: string, owner: KubeObject): string {
  if (gateway === MESH) return gateway
  if (gateway.startsWith('./')) return `${namespaceOf(owner)}${gateway.slice(1)}`
  return gateway.includes('/') ? gateway : `${namespaceOf(owner)}/${gateway}`
}

/** Whether a server admits a VirtualService: its namespace and one of its hosts. */
export function hostsMeet(bound: BoundServer, owner: KubeObject): boolean {
  return admittedHosts(bound, owner).some((offered) =>
    hostsOf(owner).some((wanted) => hostsMatch(offered, wanted)),
  )
}

/** The hosts that a server offers to the namespace of a VirtualService. */
export function admittedHosts({ hosts }: BoundServer, owner: KubeObject): string[] {
  return hosts.flatMap((offered) => {
    const [namespace, host] = offered.includes('/') ? offered.split('/') : ['*', offered]
    return namespace === '*' || namespace === namespaceOf(owner) ? [host ?? ''] : []
  })
}

/** The hosts of a VirtualService, with their namespaces. */
export function hostsOf(owner: KubeObject): string[] {
  return textsAt(owner, 'spec', 'hosts').map((host) => fqdnOf(host, owner))
}

/** A host with the namespace and the domain that are missing in a short name. */
export function fqdnOf(host: string, owner: KubeObject): string {
  const isShort = !host.includes('.') && !host.startsWith('*')
  return isShort ? `${host}.${namespaceOf(owner)}.svc.cluster.local` : host
}

/** The name of a server's port. */
export function portNameOf({ server }: BoundServer): string {
  return textAt(server, 'port', 'name') ?? ''
}
