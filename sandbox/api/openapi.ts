import type { Json, JsonObject } from '../objects/json.ts'
import { apiVersionOf, type Resource } from '../objects/resources.ts'

/**
 * The answer to an OpenAPI v3 path; undefined for other paths. The documents contain only that every resource can be
 * patched with fieldValidation, which `kubectl apply` checks before it leaves validation to the server.
 */
export function openApi(path: string, resources: readonly Resource[]): Json | undefined {
  const groups = groupsOf(resources)
  if (path === '/openapi/v3') {
    const paths: JsonObject = {}
    for (const group of groups.keys()) paths[group] = { serverRelativeURL: `/openapi/v3/${group}` }
    return { paths }
  }
  const served = groups.get(path.replace(/^\/openapi\/v3\//, ''))
  if (served === undefined) return undefined
  const paths: JsonObject = {}
  for (const { path: at, operation } of served) paths[at] = { patch: operation }
  return { openapi: '3.0.0', info: { title: 'Kubernetes', version: 'v1.36.3' }, paths }
}

type Patch = { path: string; operation: JsonObject }

/** The patch operations by `api/VERSION` or `apis/GROUP/VERSION`. */
function groupsOf(resources: readonly Resource[]): Map<string, Patch[]> {
  const groups = new Map<string, Patch[]>()
  for (const resource of resources)
    for (const version of resource.versions) {
      const root = resource.group === '' ? 'api' : 'apis'
      const group = `${root}/${apiVersionOf(resource.group, version)}`
      const within = resource.namespaced ? 'namespaces/{namespace}/' : ''
      const path = `/${group}/${within}${resource.plural}/{name}`
      groups.set(group, [
        ...(groups.get(group) ?? []),
        { path, operation: patchOf(resource, version) },
      ])
    }
  return groups
}

function patchOf(resource: Resource, version: string): JsonObject {
  return {
    parameters: [
      { name: 'dryRun', in: 'query', schema: { type: 'string' } },
      { name: 'fieldValidation', in: 'query', schema: { type: 'string' } },
    ],
    'x-kubernetes-group-version-kind': { group: resource.group, version, kind: resource.kind },
  }
}
