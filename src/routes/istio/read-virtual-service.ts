import { setTimeout as sleep } from 'node:timers/promises'
import { ApiError, saysNotFound } from '../../kube/api-error.ts'
import type { ApiServer } from '../../kube/api-server.ts'
import { IN_CLUSTER } from '../../kube/credentials/kubeconfig/read-kubeconfig.ts'
import { objectsAt, textAt } from '../../kube/json.ts'
import { kubectl } from '../../kube/kubectl.ts'
import {
  coreResource,
  grantingRule,
  ISTIO_NETWORKING,
  type Resource,
  resourcePath,
} from '../../kube/resources.ts'
import { type Problem, problem } from '../../problem/problem.ts'
import { answeredObject, OtherAnswer } from '../answered-object.ts'
import type { RouteObject } from '../route-object.ts'

/** The object, and the version under which the API server serves it and its kin. */
export type FoundObject =
  | { ok: true; object: RouteObject; resource: Resource }
  | { ok: false; finding: Problem }

/** The newest first; the same object is served under each that the cluster has. */
const VERSIONS = ['v1', 'v1beta1', 'v1alpha3'] as const

export function virtualServiceResource(version: string, namespace: string, name: string): Resource {
  return { group: ISTIO_NETWORKING, version, plural: 'virtualservices', namespace, name }
}

/**
 * Reads a VirtualService. Discovery is asked only where v1 is not served, so the usual run spends
 * one call; the three ways in which it can be missing have a message each.
 */
export async function readVirtualService(
  api: ApiServer,
  namespace: string,
  name: string,
  signal: AbortSignal,
): Promise<FoundObject> {
  const first = await readAs(api, virtualServiceResource(VERSIONS[0], namespace, name), signal)
  if (first === 'not-there') return missing(...(await whatIsMissing(api, namespace, name, signal)))
  if (first !== 'not-served') return first
  const served = await servedVersions(api, signal)
  for (const version of VERSIONS.filter((known) => served.includes(known))) {
    const found = await readAs(api, virtualServiceResource(version, namespace, name), signal)
    if (found === 'not-there')
      return missing(...(await whatIsMissing(api, namespace, name, signal)))
    if (found !== 'not-served') return found
  }
  const lacks = served.length === 0 ? 'the group' : 'VirtualServices in the group'
  return missing(
    `${api.server} (context ${api.context ?? IN_CLUSTER}) serves no VirtualService: it lacks ${lacks} ${ISTIO_NETWORKING}`,
    'Install Istio there, or choose the kubeconfig and context of the cluster that holds the Istio objects.',
  )
}

/** Other refusals than these are thrown. */
async function readAs(
  api: ApiServer,
  resource: Resource,
  signal: AbortSignal,
): Promise<FoundObject | 'not-there' | 'not-served'> {
  try {
    return { ok: true, object: await readThisObject(api, resource, signal), resource }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    if (error instanceof OtherAnswer)
      return { ok: false, finding: problem('ITS-CLUSTER', `${api.server}: ${error.message}`) }
    // What lacks the object answers with a Status; what lacks the whole path with plain text.
    if (error.status === 404) return saysNotFound(error) ? 'not-there' : 'not-served'
    if (error.status === 403)
      return { ok: false, finding: problem('ITS-ACCESS', error.message, grantingRule(resource)) }
    throw error
  }
}

const READS = 5
/** Before another read; it doubles. */
const FIRST_PAUSE_MS = 100

/** An answer about another object is asked for again: a single one of a proxy or a cache decides nothing. */
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

async function servedVersions(api: ApiServer, signal: AbortSignal): Promise<string[]> {
  try {
    const group = await api.get(`/apis/${ISTIO_NETWORKING}`, signal)
    return objectsAt(group, 'versions').flatMap((version) => textAt(version, 'version') ?? [])
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return []
    throw error
  }
}

async function whatIsMissing(
  api: ApiServer,
  namespace: string,
  name: string,
  signal: AbortSignal,
): Promise<[string, string]> {
  try {
    await api.get(resourcePath(coreResource('namespaces', undefined, namespace)), signal)
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) {
      return [
        `there is no namespace ${namespace} on ${api.server}`,
        `See what there is:\n  ${kubectl(api.context)} get namespaces`,
      ]
    }
    // Whoever may not look at namespaces still learns that the object is missing.
  }
  return [
    `there is no VirtualService ${name} in namespace ${namespace} on ${api.server}`,
    `See what there is:\n  ${kubectl(api.context, namespace)} get virtualservices`,
  ]
}

function missing(what: string, remedy: string): FoundObject {
  return { ok: false, finding: problem('ITS-PREFLIGHT', what, remedy) }
}
