import { type JsonObject, numberAt, objectsAt, textAt, textsAt } from '../../../kube/json.ts'
import type { RouteObject } from '../../route-object.ts'
import { type Listener, MESH_GATEWAY } from '../../rule.ts'
import { GATEWAY_API } from '../../types/route-types.ts'

/** What a parentRef names: a Gateway, a Service (a rule of the mesh), or something that this tool does not support. */
export type Parent = {
  kind: 'gateway' | 'service' | 'other'
  /** As the object names it, such as `ListenerSet`. */
  type: string
  namespace: string
  name: string
  section?: string
  port?: number
}

/** The parents of a route, in its order. */
export function parentsOf({ spec, namespace }: Pick<RouteObject, 'spec' | 'namespace'>): Parent[] {
  return objectsAt(spec, 'parentRefs').map((ref): Parent => {
    const [group, type] = [textAt(ref, 'group') ?? GATEWAY_API, textAt(ref, 'kind') ?? 'Gateway']
    const [section, port] = [textAt(ref, 'sectionName'), numberAt(ref, 'port')]
    return {
      kind: kindOf(group, type),
      type,
      namespace: textAt(ref, 'namespace') ?? namespace,
      name: textAt(ref, 'name') ?? '',
      ...(section ? { section } : {}),
      ...(port === undefined ? {} : { port }),
    }
  })
}

function kindOf(group: string, type: string): Parent['kind'] {
  if (group === GATEWAY_API && type === 'Gateway') return 'gateway'
  return group === '' && type === 'Service' ? 'service' : 'other'
}

/** The hosts of a route; `*` where it has none, because it takes traffic for every host. */
export function hostnamesOf({ spec }: Pick<RouteObject, 'spec'>): string[] {
  const hosts = textsAt(spec, 'hostnames')
  return hosts.length > 0 ? hosts : ['*']
}

/** The gateways that a route is attached to, each once; the word mesh for Services. */
export function boundGateways(object: Pick<RouteObject, 'spec' | 'namespace'>): string[] {
  return [...new Set(placesOf(object).map(({ gateway }) => gateway))]
}

/** Where a rule takes traffic, once for each parent and match. A rule without matches takes everything at its parents. */
export function listenersOf(object: RouteObject, rule: JsonObject): Listener[] {
  const matches = objectsAt(rule, 'matches')
  const places = placesOf(object)
  return matches.length === 0
    ? places
    : places.flatMap((place) => matches.map((match) => ({ ...place, match })))
}

function placesOf(object: Pick<RouteObject, 'spec' | 'namespace'>): Listener[] {
  return parentsOf(object).flatMap(({ kind, namespace, name, section, port }): Listener[] => {
    if (kind === 'other') return []
    if (kind === 'service') return [{ gateway: MESH_GATEWAY, port }]
    const named = section === undefined ? {} : { section }
    return [{ gateway: `${namespace}/${name}`, port, ...named }]
  })
}
