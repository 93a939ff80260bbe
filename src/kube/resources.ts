import { ApiError } from './api-error.ts'
import type { ApiServer } from './api-server.ts'
import { type JsonObject, objectsAt } from './json.ts'

/** What a run reads: a resource, and the object or the namespace meant. */
export type Resource = {
  /** Empty for the core group. */
  group: string
  version: string
  plural: string
  /** undefined: of the whole cluster. */
  namespace: string | undefined
  /** undefined: all of them. */
  name: string | undefined
  labels?: Readonly<Record<string, string>>
}

export const ISTIO_NETWORKING = 'networking.istio.io'

/**
 * The API server's path of a resource. Every path of an object or a list is built here. Names come
 * from objects too, and must not lead to another path: where no object can have such a name, it
 * throws.
 */
export function resourcePath(resource: Resource): string {
  const { group, version, plural, namespace, name, labels } = resource
  const segments = [
    ...(group === '' ? ['api', version] : ['apis', group, version]),
    ...(namespace === undefined ? [] : ['namespaces', namespace]),
    plural,
    ...(name === undefined ? [] : [name]),
  ]
  const wrong = segments.find((segment) => !isSegment(segment))
  if (wrong !== undefined)
    throw new ApiError(
      `GET ${plural}`,
      `${JSON.stringify(wrong)} is not a name that an object can have`,
    )
  return `/${segments.map(encodeURIComponent).join('/')}${query(labels)}`
}

/** Source: k8s.io/apimachinery, pkg/api/validation/path; a name has at most 253 characters. */
function isSegment(text: string): boolean {
  return !/^\.{0,2}$|[/%\0]/.test(text) && text.length <= 253
}

/** Whether an object can have this `namespace/name`, as VirtualServices name their gateways. */
export function canBeStored(qualifiedName: string): boolean {
  const segments = qualifiedName.split('/')
  return segments.length === 2 && segments.every(isSegment)
}

export function coreResource(
  plural: string,
  namespace: string | undefined,
  name?: string,
): Resource {
  return { group: '', version: 'v1', plural, namespace, name }
}

/** What a read ended in: a read that is not allowed is for the caller to judge. */
export type Read<T> =
  | { kind: 'found'; value: T }
  | { kind: 'missing' }
  | { kind: 'denied'; resource: Resource }

/** Reads one object. Fails with an ApiError where the API server has no answer. */
export async function readObject(
  api: ApiServer,
  resource: Resource,
  signal: AbortSignal,
): Promise<Read<JsonObject>> {
  return read(api, resource, signal, (answer) => answer)
}

/** Reads a list of objects. */
export async function readList(
  api: ApiServer,
  resource: Resource,
  signal: AbortSignal,
): Promise<Read<JsonObject[]>> {
  return read(api, resource, signal, (answer) => objectsAt(answer, 'items'))
}

async function read<T>(
  api: ApiServer,
  resource: Resource,
  signal: AbortSignal,
  value: (answer: JsonObject) => T,
): Promise<Read<T>> {
  try {
    const names = [resource.namespace, resource.name]
    // Nothing is stored under such a name, and the question must not become another one.
    if (names.some((name) => name !== undefined && !isSegment(name))) return { kind: 'missing' }
    const answer = await api.get(resourcePath(resource), signal)
    return { kind: 'found', value: value(answer as JsonObject) }
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return { kind: 'missing' }
    if (error instanceof ApiError && error.status === 403) return { kind: 'denied', resource }
    throw error
  }
}

/**
 * The RBAC rule, as a Role or ClusterRole holds it, that allows a read which was denied; with other
 * `plurals`, one that allows the same of several kinds.
 */
export function grantingRule(
  resource: Resource,
  verb = resource.name === undefined ? 'list' : 'get',
  plurals: readonly string[] = [resource.plural],
): string {
  const names = resource.name === undefined ? '' : `, resourceNames: ["${resource.name}"]`
  const where =
    resource.namespace === undefined ? 'a ClusterRole' : `a Role in namespace ${resource.namespace}`
  return `Grant it in ${where}:\n  - {apiGroups: ["${resource.group}"], resources: [${plurals.map((plural) => `"${plural}"`).join(', ')}], verbs: ["${verb}"]${names}}`
}

function query(labels: Readonly<Record<string, string>> | undefined): string {
  if (labels === undefined) return ''
  const selector = Object.entries(labels).map(([key, value]) => `${key}=${value}`)
  return `?labelSelector=${encodeURIComponent(selector.join(','))}`
}
