import { isObject, type Json, type JsonObject, textAt } from '../objects/json.ts'
import type { KubeObject } from '../objects/kube-object.ts'
import type { Place, Write } from '../objects/place.ts'
import type { Registry } from '../objects/registry.ts'
import { apiVersionOf, type Resource } from '../objects/resources.ts'
import { fits } from '../objects/selector.ts'
import { badRequest, invalid, methodNotAllowed } from '../objects/status-error.ts'
import { type ApiRequest, type ApiResponse, jsonBody, jsonResponse } from './exchange.ts'
import { patchOf } from './patch-body.ts'
import type { Target } from './target.ts'

/** A resource that is served, and the part of it that a request names. */
export type Call = {
  request: ApiRequest
  query: URLSearchParams
  target: Extract<Target, { kind: 'resource' }>
  resource: Resource
  verb: string
}

/** Refuses valid objects, as admission webhooks do. Throws StatusError. */
export type Admit = (resource: Resource, object: KubeObject) => void

/** Carries out a permitted request. `admit` may refuse what it would write. Throws StatusError. */
export function carryOut(registry: Registry, call: Call, admit: Admit): ApiResponse {
  const { target, resource, request } = call
  const place: Place = { resource, namespace: target.namespace, name: target.name }
  const { write, warnings } = writeOf(call, admit)
  if (target.name === '' && ['update', 'patch'].includes(call.verb))
    throw badRequest('name must be provided')
  const answer = (status: number, body: Json) => warned(jsonResponse(status, body), warnings)
  switch (call.verb) {
    case 'get':
      return answer(200, headFirst(registry.get(place, target.version), resource))
    case 'list':
      return answer(200, listed(registry, call))
    case 'create': {
      const input = jsonBody(request)
      return answer(
        201,
        headFirst(registry.create(resource, target.namespace, input, write), resource),
      )
    }
    case 'update': {
      const input = jsonBody(request)
      return answer(
        200,
        headFirst(
          registry.update(place, () => input, write),
          resource,
        ),
      )
    }
    case 'patch': {
      const change = patchOf(request.headers['content-type'] ?? '', request.body)
      return answer(200, headFirst(registry.update(place, change, write), resource))
    }
    case 'delete':
      return answer(200, deleted(registry, call, place))
    default:
      throw methodNotAllowed(resource, call.verb)
  }
}

function writeOf(call: Call, admit: Admit): { write: Write; warnings: string[] } {
  const { query, request, target } = call
  const dryRun = query.getAll('dryRun')
  const strange = dryRun.filter((value) => value !== 'All')
  if (strange.length > 0) throw invalid(optionsOf(call.verb), [unsupportedDryRun(dryRun)])
  const validation = query.get('fieldValidation')
  const warnings: string[] = []
  const write: Write = {
    manager: query.get('fieldManager') || managerOf(request),
    version: target.version,
    dryRun: dryRun.length > 0,
    writesStatus: false,
    unknownFields: validation === 'Strict' || validation === 'Ignore' ? validation : 'Warn',
    warn: (message) => warnings.push(message),
    admit,
  }
  return { write, warnings }
}

/** The field manager if the query does not name one. */
export function managerOf(request: ApiRequest): string {
  return request.headers['user-agent']?.split('/')[0] || 'unknown'
}

function optionsOf(verb: string): { group: string; kind: string; name: string } {
  const kind = `${verb.charAt(0).toUpperCase()}${verb.slice(1)}Options`
  return { group: 'meta.k8s.io', kind, name: '' }
}

function unsupportedDryRun(given: string[]) {
  const message = `Unsupported value: ${JSON.stringify(given)}: supported values: "All"`
  return { reason: 'FieldValueNotSupported', message, field: 'dryRun' }
}

function warned(response: ApiResponse, warnings: readonly string[]): ApiResponse {
  if (warnings.length > 0)
    response.headers.Warning = warnings.map((text) => `299 - ${JSON.stringify(text)}`).join(', ')
  return response
}

/**
 * Built-in kinds are encoded from Go structs, which begin with the kind. The others are encoded from maps in
 * alphabetical order.
 */
function headFirst(object: KubeObject, resource: Resource): JsonObject {
  if (resource.custom) return object
  const { kind, apiVersion, ...rest } = object
  return { kind, apiVersion, ...rest }
}

function listed(registry: Registry, call: Call): Json {
  const { query, resource, target } = call
  const labels = query.get('labelSelector') ?? ''
  if (/^=/.test(labels)) throw badRequest(`found '==', expected: !, identifier, or 'end of string'`)
  const items = registry
    .list(resource, target.namespace, target.version)
    .filter((object) => fits(object, labels, query.get('fieldSelector') ?? ''))
  const kind = `${resource.kind}List`
  const apiVersion = apiVersionOf(resource.group, target.version)
  const resourceVersion = registry.storage.version()
  if (resource.custom)
    return { apiVersion, items, kind, metadata: { continue: '', resourceVersion } }
  const bare = items.map(({ kind: _, apiVersion: __, ...item }) => item)
  return { kind, apiVersion, metadata: { resourceVersion }, items: bare }
}

function deleted(registry: Registry, call: Call, place: Place): Json {
  const body = call.request.body === '' ? {} : jsonBody(call.request)
  const uid = textAt(body, 'preconditions', 'uid')
  const inBody = isObject(body) && Array.isArray(body.dryRun) && body.dryRun.includes('All')
  const dryRun = inBody || call.query.getAll('dryRun').includes('All')
  const orphans = orphansOwned(place.resource, textAt(body, 'propagationPolicy'), call.query)
  const object = registry.remove(place, { dryRun, orphans, ...(uid === undefined ? {} : { uid }) })
  const group = place.resource.group
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: {
      name: place.name,
      ...(group === '' ? {} : { group }),
      kind: place.resource.plural,
      uid: textAt(object, 'metadata', 'uid') ?? '',
    },
  }
}

/** Jobs leave their Pods behind unless a request says otherwise. Source: k8s.io/kubernetes, pkg/registry/batch/job/strategy.go. */
function orphansOwned(
  { kind }: Resource,
  policy: string | undefined,
  query: URLSearchParams,
): boolean {
  const asked = policy ?? query.get('propagationPolicy') ?? undefined
  return asked === undefined ? kind === 'Job' : asked === 'Orphan'
}
