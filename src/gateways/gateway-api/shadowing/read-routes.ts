import type { ApiServer } from '../../../kube/api-server.ts'
import type { JsonObject } from '../../../kube/json.ts'
import { type Read, type Resource, readList } from '../../../kube/resources.ts'
import { kindNamed } from '../../../routes/kinds.ts'
import { parseRouteObject, type RouteObject } from '../../../routes/route-object.ts'
import type { Rule } from '../../../routes/rule.ts'

/** Kinds whose routes can have the same traffic at one listener. */
const KINDS_BY_PROTOCOL = {
  http: ['HTTPRoute', 'GRPCRoute'],
  grpc: ['GRPCRoute', 'HTTPRoute'],
  tls: ['TLSRoute'],
  tcp: ['TCPRoute'],
} as const satisfies Record<Rule['protocol'], readonly string[]>

/** The routes that may have a rule's traffic, and the lists that may not be read. */
export type ReadRoutes = { routes: readonly RouteObject[]; denied: readonly Resource[] }

export async function readRoutes(
  api: ApiServer,
  { protocol }: Pick<Rule, 'protocol'>,
  signal: AbortSignal,
): Promise<ReadRoutes> {
  const read = await Promise.all(
    KINDS_BY_PROTOCOL[protocol].map((kind) => readKind(api, kind, signal)),
  )
  return {
    routes: read.flatMap((one) =>
      one.kind === 'found' ? one.value.flatMap((json) => parseRouteObject(json) ?? []) : [],
    ),
    denied: read.flatMap((one) => (one.kind === 'denied' ? [one.resource] : [])),
  }
}

/** All routes of a kind, under the newest version that is served. A cluster may lack a kind. */
async function readKind(
  api: ApiServer,
  kind: string,
  signal: AbortSignal,
): Promise<Read<JsonObject[]>> {
  const { group, plural, versions } = kindNamed(kind).api
  for (const version of versions) {
    const resource = { group, version, plural, namespace: undefined, name: undefined }
    const read = await readList(api, resource, signal)
    if (read.kind !== 'missing') return read
  }
  return { kind: 'missing' }
}
