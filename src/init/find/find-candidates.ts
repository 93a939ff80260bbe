import { readObject as readJournaled } from '../../journal/read-object.ts'
import { ApiError } from '../../kube/api-error.ts'
import { stopFor } from '../../kube/api-problem.ts'
import type { ApiServer } from '../../kube/api-server.ts'
import { objectsAt } from '../../kube/json.ts'
import { resourcePath } from '../../kube/resources.ts'
import { problem } from '../../problem/problem.ts'
import type { ObjectName } from '../../routes/object-name.ts'
import { parseRouteObject } from '../../routes/route-object.ts'
import type { RouteType } from '../../routes/types/route-type.ts'
import { ROUTE_TYPES } from '../../routes/types/route-types.ts'
import { endFor } from '../init-task.ts'
import { type Candidate, candidatesOf } from './candidate.ts'

/** Where to look: everywhere, in a namespace, or at one object. */
export type Place = {
  kind?: string | undefined
  name?: string | undefined
  namespace?: string | undefined
}

type Listed =
  | { type: RouteType; candidates: Candidate[]; objects: number }
  | { type: RouteType; denied: true }

/** Every rule of the cluster that can be shifted, those that have several destinations first. */
export async function findCandidates(
  api: ApiServer,
  place: Place,
  signal: AbortSignal,
): Promise<Candidate[]> {
  const { kind, name, namespace } = place
  if (kind !== undefined && name !== undefined && namespace !== undefined)
    return candidatesAt(api, { kind, name, namespace }, signal)
  const types = ROUTE_TYPES.filter((type) => kind === undefined || type.kind === kind)
  const listed = await Promise.all(types.map((type) => list(api, type, namespace, signal)))
  const found = listed.flatMap((one) => ('denied' in one ? [] : one.candidates))
  const fitting = found.filter(({ object }) => name === undefined || object.name === name)
  if (fitting.length === 0) throw nothingFound(api, place, listed)
  const isWeighted = ({ names }: Candidate) => names.length > 1
  return [...fitting.filter(isWeighted), ...fitting.filter((one) => !isWeighted(one))]
}

async function candidatesAt(
  api: ApiServer,
  name: ObjectName,
  signal: AbortSignal,
): Promise<Candidate[]> {
  const { object, resource } = await readJournaled({ api, name }, signal)
  const found = candidatesOf(object, resource.version)
  if (found.length > 0) return found
  throw endFor([
    problem(
      'ITS-RULE-NO-DESTINATIONS',
      `${name.kind} ${name.namespace}/${name.name} has no rule with destinations that get traffic.`,
      'Choose another object. Without KIND/NAME, init lists those of the cluster.',
    ),
  ])
}

async function list(
  api: ApiServer,
  type: RouteType,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<Listed> {
  const { group, plural, versions } = type.api
  for (const version of versions) {
    try {
      const path = resourcePath({ group, plural, version, namespace, name: undefined })
      const items = objectsAt(await api.get(path, signal), 'items')
      const candidates = items.flatMap((item) => {
        // Items of a list need not have their kind.
        const object = parseRouteObject({
          apiVersion: `${group}/${version}`,
          kind: type.kind,
          ...item,
        })
        return object === undefined ? [] : candidatesOf(object, version)
      })
      return { type, candidates, objects: items.length }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      if (error.status === 403) return { type, denied: true }
      if (error.status !== 404) throw stopFor(error, `listing ${plural}`)
    }
  }
  return { type, candidates: [], objects: 0 }
}

function nothingFound(
  api: ApiServer,
  { namespace, kind }: Place,
  listed: readonly Listed[],
): Error {
  const denied = listed.filter((one) => 'denied' in one).map(({ type }) => type.api.plural)
  const where = namespace === undefined ? 'in all namespaces' : `in namespace ${namespace}`
  if (denied.length > 0)
    return endFor([
      problem(
        'ITS-FORBIDDEN',
        `Your user may not list ${denied.join(', ')} ${where}.`,
        namespace === undefined
          ? 'Name the namespace with -n NAMESPACE, or the object with KIND/NAME and -n NAMESPACE.'
          : 'Name the object with KIND/NAME. Reading one object needs only the verb get.',
      ),
    ])
  const objects = listed.reduce((sum, one) => sum + ('objects' in one ? one.objects : 0), 0)
  const what = kind ?? 'VirtualService, HTTPRoute, GRPCRoute, TLSRoute or TCPRoute'
  return endFor([
    problem(
      'ITS-INIT-NO-OBJECT',
      objects === 0
        ? `There is no ${what} ${where} of ${api.server}.`
        : `No ${what} ${where} of ${api.server} has a rule with destinations that get traffic.`,
      'Create a route object that sends the traffic of your gateway to your Service, with one destination for the version that runs now. Then run init again. Or choose another cluster or namespace with --context and -n.',
    ),
  ])
}
