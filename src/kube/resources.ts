import { ApiError } from './api-error.ts'
import type { ApiServer } from './api-server.ts'
import { type JsonObject, objectsAt } from './json.ts'

/** A resource, and the object or the namespace that is meant. */
export type Resource = {
  /** Empty for the core group. */
  group: string
  version: string
  plural: string
  /** undefined: the whole cluster. */
  namespace: string | undefined
  /** undefined: all of them. */
  name: string | undefined
  labels?: Readonly<Record<string, string>>
}

export const ISTIO_NETWORKING = 'networking.istio.io'

/**
 * The API server's path of a resource. Every path of an object or a list is built here. Names may come from objects and must
 * not lead to another path, so it throws for a name that no object can have.
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
      `${JSON.stringify(wrong)} is not a possible name of an object`,
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

/** `networking.istio.io/v1`, as objects have it. */
export function apiVersionOf({ group, version }: Pick<Resource, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`
}

export function coreResource(
  plural: string,
  namespace: string | undefined,
  name?: string,
): Resource {
  return { group: '', version: 'v1', plural, namespace, name }
}

/** The result of a read. The caller decides what a read that is not allowed means. */
export type Read<T> =
  | { kind: 'found'; value: T }
  | { kind: 'missing' }
  | { kind: 'denied'; resource: Resource }

/** Reads one object. Fails with an ApiError if the API server does not answer. */
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
    // No object can have such a name, and the path must not lead elsewhere.
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
 * The RBAC rule for a Role or ClusterRole that allows a read which was denied. With other `plurals`, it allows the same for
 * several kinds.
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
