import { type Json, listAt, numberAt, textAt } from '../../objects/json.ts'
import { type KubeObject, namespaceOf } from '../../objects/kube-object.ts'
import { GATEWAY_API } from '../../objects/resources.ts'
import { grants } from './grants.ts'
import type { ConfigError, GatewayApiObjects } from './objects.ts'

/** A route whose rules cannot be used at all. */
export class Unusable extends Error {
  readonly error: ConfigError

  constructor(reason: string, message: string) {
    super(message)
    this.error = { reason, message }
  }
}

/** A rule as istiod's converter makes it, and what is wrong with one of its references. */
export type Converted = { rule: Json; error: ConfigError | undefined }

/** Destinations of Istio for the backends that get something. */
export type Destinations = { route: Json[]; error: ConfigError | undefined }

/** The sum of the weights of backends; a missing one is 1. */
export function weightSum(backends: readonly Json[]): number {
  return backends.reduce<number>((sum, one) => sum + weightOf(one), 0)
}

function weightOf(backend: Json): number {
  return numberAt(backend, 'weight') ?? 1
}

/**
 * The destinations of a rule. An invalid backend keeps its share, which leads nowhere. Throws Unusable. Source: istio,
 * buildHTTPDestination, buildTCPDestination.
 */
export function destinationsOf(
  backends: readonly Json[],
  owner: KubeObject,
  objects: GatewayApiObjects,
  headersOf: (backend: Json) => Json | undefined,
): Destinations {
  const weighted = backends.filter((one) => weightOf(one) > 0)
  let error: ConfigError | undefined
  const route = weighted.map((backend): Json => {
    const found = destinationOf(backend, owner, objects)
    error = found.error ?? error
    const headers = headersOf(backend)
    return {
      destination: found.destination,
      weight: weighted.length === 1 ? 0 : weightOf(backend),
      ...(headers === undefined ? {} : { headers }),
    }
  })
  return { route, error }
}

/** Source: istio, buildDestination. */
function destinationOf(
  backend: Json,
  owner: KubeObject,
  { services, grants: all }: GatewayApiObjects,
): { destination: Json; error?: ConfigError } {
  const [group, kind] = [textAt(backend, 'group') ?? '', textAt(backend, 'kind') ?? 'Service']
  const name = textAt(backend, 'name') ?? ''
  const own = namespaceOf(owner)
  const namespace = textAt(backend, 'namespace') ?? own
  const invalid = (reason: string, message: string) => ({
    destination: {},
    error: { reason, message },
  })
  const from = { group: GATEWAY_API, kind: owner.kind, namespace: own }
  if (namespace !== own && !grants(all, from, { kind, namespace, name }))
    return invalid(
      'RefNotPermitted',
      `backendRef ${name}/${namespace} not accessible to a ${owner.kind} in namespace ${JSON.stringify(own)} (missing a ReferenceGrant?)`,
    )
  if (group !== '' || kind !== 'Service')
    return invalid(
      'InvalidKind',
      `referencing unsupported backendRef: group ${JSON.stringify(group)} kind ${JSON.stringify(kind)}`,
    )
  if (name.includes('.'))
    throw new Unusable(
      'InvalidDestination',
      'service name invalid; the name of the Service must be used, not the hostname.',
    )
  const port = numberAt(backend, 'port')
  if (port === undefined) throw new Unusable('InvalidDestination', 'port is required in backendRef')
  const host = `${name}.${namespace}.svc.cluster.local`
  const destination = { host, port: { number: port } }
  const isThere = services.some(
    (one) => one.metadata.name === name && namespaceOf(one) === namespace,
  )
  if (isThere) return { destination }
  return {
    destination,
    error: { reason: 'BackendNotFound', message: `backend(${host}) not found` },
  }
}

/** Connections to this destination end at once. */
const NOWHERE: Json = {
  destination: { host: 'internal.cluster.local', subset: 'zero-weight', port: { number: 65535 } },
  weight: 0,
}

/** A rule of a TCPRoute or TLSRoute. Throws Unusable. Source: istio, convertTCPRoute, convertTLSRoute. */
export function networkRule(
  rule: Json,
  owner: KubeObject,
  objects: GatewayApiObjects,
): Destinations {
  const backends = listAt(rule, 'backendRefs')
  if (weightSum(backends) === 0) return { route: [NOWHERE], error: undefined }
  return destinationsOf(backends, owner, objects, () => undefined)
}
