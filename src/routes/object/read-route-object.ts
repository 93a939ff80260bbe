import { setTimeout as sleep } from 'node:timers/promises'
import { ApiError, saysNotFound, whyFailed } from '../../kube/api-error.ts'
import type { ApiServer } from '../../kube/api-server.ts'
import { IN_CLUSTER } from '../../kube/credentials/kubeconfig/read-kubeconfig.ts'
import { objectsAt, textAt } from '../../kube/json.ts'
import { kubectl } from '../../kube/kubectl.ts'
import { coreResource, grantingRule, type Resource, resourcePath } from '../../kube/resources.ts'
import { problem } from '../../problem/problem.ts'
import { failure, type Result, success } from '../../problem/result.ts'
import { kindNamed } from '../kinds.ts'
import type { ObjectName } from '../object-name.ts'
import type { RouteObject } from '../route-object.ts'
import { answeredObject, OtherAnswer } from './answered-object.ts'

/** The object, and the version under which the API server serves it. */
export type ReadObject = { object: RouteObject; resource: Resource }

/** The resource of a route object in a version of its API. */
export function resourceOf({ kind, namespace, name }: ObjectName, version: string): Resource {
  const { group, plural } = kindNamed(kind).api
  return { group, version, plural, namespace, name }
}

/**
 * Reads a route object. Discovery is asked only where the newest version is not served, so that a usual run makes one
 * call. A missing object, a missing namespace and a missing kind are different problems.
 */
export async function readRouteObject(
  api: ApiServer,
  name: ObjectName,
  signal: AbortSignal,
): Promise<Result<ReadObject>> {
  const { versions } = kindNamed(name.kind).api
  const [newest = 'v1'] = versions
  const first = await readAs(api, resourceOf(name, newest), signal)
  if (first === 'missing') return whatIsMissing(api, name, signal)
  if (first !== 'not-served') return first
  const served = await servedVersions(api, name.kind, signal)
  for (const version of versions.filter((known) => served.includes(known))) {
    const found = await readAs(api, resourceOf(name, version), signal)
    if (found === 'missing') return whatIsMissing(api, name, signal)
    if (found !== 'not-served') return found
  }
  return notServed(api, name.kind, served.length > 0)
}

function notServed(api: ApiServer, kind: string, hasGroup: boolean): Result<never> {
  const { group } = kindNamed(kind).api
  const lacks = hasGroup
    ? `The API group ${group} is there without this kind.`
    : `The API group ${group} is not installed there.`
  return failure(
    problem(
      'ITS-KIND-NOT-SERVED',
      `${api.server} (context ${api.context ?? IN_CLUSTER}) serves no ${kind}. ${lacks}`,
      `Install ${kindNamed(kind).surroundings.provider} there, or choose the kubeconfig and context of the cluster that holds the object.`,
    ),
  )
}

/** Any other refusal is thrown. */
async function readAs(
  api: ApiServer,
  resource: Resource,
  signal: AbortSignal,
): Promise<Result<ReadObject> | 'missing' | 'not-served'> {
  try {
    return success({ object: await readThisObject(api, resource, signal), resource })
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    if (error instanceof OtherAnswer)
      return failure(problem('ITS-API-UNEXPECTED-ANSWER', `${api.server}: ${error.message}`))
    // An API server that lacks the object answers with a Status; one that lacks the whole path, with plain text.
    if (error.status === 404) return saysNotFound(error) ? 'missing' : 'not-served'
    if (error.status === 403)
      return failure(problem('ITS-FORBIDDEN', `${whyFailed(error)}.`, grantingRule(resource)))
    throw error
  }
}

const READS = 5
/** Before another read. It doubles. */
const FIRST_PAUSE_MS = 100

/** An answer about another object is read again: a single wrong answer of a proxy or a cache decides nothing. */
async function readThisObject(
  api: ApiServer,
  resource: Resource,
  signal: AbortSignal,
): Promise<RouteObject> {
  for (let read = 1; ; read += 1) {
    const answer = await api.get(resourcePath(resource), signal)
    try {
      return answeredObject(answer, resource, 'GET')
    } catch (error) {
      if (read === READS || signal.aborted) throw error
    }
    await sleep(FIRST_PAUSE_MS * 2 ** (read - 1), undefined, { signal }).catch(() => undefined)
  }
}

async function servedVersions(
  api: ApiServer,
  kind: string,
  signal: AbortSignal,
): Promise<string[]> {
  try {
    const group = await api.get(`/apis/${kindNamed(kind).api.group}`, signal)
    return objectsAt(group, 'versions').flatMap((version) => textAt(version, 'version') ?? [])
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return []
    throw error
  }
}

async function whatIsMissing(
  api: ApiServer,
  { kind, namespace, name }: ObjectName,
  signal: AbortSignal,
): Promise<Result<never>> {
  try {
    await api.get(resourcePath(coreResource('namespaces', undefined, namespace)), signal)
  } catch (error) {
    // A run that may not read namespaces still reports that the object is missing.
    if (error instanceof ApiError && error.status === 404)
      return failure(
        problem(
          'ITS-NAMESPACE-NOT-FOUND',
          `Namespace ${namespace} not found on ${api.server}.`,
          `List the namespaces:\n  ${kubectl(api)} get namespaces`,
        ),
      )
  }
  const { kubectl: types } = kindNamed(kind)
  return failure(
    problem(
      'ITS-OBJECT-NOT-FOUND',
      `${kind} ${name} not found in namespace ${namespace} on ${api.server}.`,
      `List what is there:\n  ${kubectl(api, namespace)} get ${types.list}`,
    ),
  )
}
