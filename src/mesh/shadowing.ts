import type { ApiServer } from './api-server.ts'
import { type Entry, MESH_GATEWAY, tcpEntries } from './entry.ts'
import { coveringEntry } from './find-entry.ts'
import { type Finding, problem, shellQuoted, warning } from './finding.ts'
import { kubectl } from './kubectl.ts'
import { grantingRule, ISTIO_NETWORKING, type Resource, readList } from './resources.ts'
import { parseRouteObject, type RouteObject } from './route-object.ts'

/**
 * Whether something else takes the entry's connections first. At a gateway the first matching tcp
 * entry of the oldest VirtualService wins, and only the port and the gateway are matched.
 */
export async function findShadowing(
  api: ApiServer,
  version: string,
  object: RouteObject,
  entry: Entry,
  signal: AbortSignal,
): Promise<Finding[]> {
  const own = coveringEntry(entry, tcpEntries(object))
  if (own) {
    return [
      problem(
        'preflight',
        `tcp entry ${entry.index} of ${object.name} never gets a connection: entry ${own.index} before it matches the same port and gateway`,
        'Remove one of the two, or move this one up.',
      ),
    ]
  }
  const resource: Resource = {
    group: ISTIO_NETWORKING,
    version,
    plural: 'virtualservices',
    namespace: undefined,
    name: undefined,
  }
  const read = await readList(api, resource, signal)
  if (read.kind === 'denied') {
    return [
      warning(
        'not checked: whether an older VirtualService takes the same gateway port first; listing virtualservices of all namespaces is not allowed',
        grantingRule(resource),
      ),
    ]
  }
  const others = read.kind === 'found' ? read.value.map(parseRouteObject) : []
  return others
    .filter((other) => other !== undefined)
    .filter((other) => other.uid !== object.uid && isOlder(other, object))
    .filter((other) => tcpEntries(other).some((theirs) => takesFirst(theirs, entry)))
    .map((other) =>
      problem(
        'preflight',
        `VirtualService ${other.namespace}/${other.name} is older and takes the same gateway port first: weights of ${object.namespace}/${object.name} would have no effect`,
        `Look at it:\n  ${kubectl(api.context, other.namespace)} get virtualservice ${shellQuoted(other.name)} --output yaml`,
      ),
    )
}

/** Istio's order: creation time, then name, then namespace. Source: pilot/pkg/model, sortConfigByCreationTime. */
function isOlder(a: RouteObject, b: RouteObject): boolean {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt
  return a.name === b.name ? a.namespace < b.namespace : a.name < b.name
}

function takesFirst(theirs: Entry, ours: Entry): boolean {
  return ours.listeners.some(
    ({ gateway, port }) =>
      gateway !== MESH_GATEWAY &&
      theirs.listeners.some(
        (other) =>
          other.gateway === gateway &&
          (other.port === undefined || port === undefined || other.port === port),
      ),
  )
}
