import type { Json, JsonObject } from '../objects/json.ts'
import { apiVersionOf, type Resource } from '../objects/resources.ts'

/** The answer to a discovery path; undefined for other paths and for what is not served. */
export function discover(path: string, resources: readonly Resource[]): Json | undefined {
  const [root, group, version, ...rest] = path.split('/').slice(1)
  if (rest.length > 0) return undefined
  if (root === 'version') return VERSION
  if (root === 'api') return core(group, resources)
  if (root !== 'apis') return undefined
  if (group === undefined) return groupList(resources)
  if (version === undefined) return groupOf(group, resources)
  return resourceList(group, version, resources)
}

const VERSION: JsonObject = {
  major: '1',
  minor: '36',
  gitVersion: 'v1.36.3',
  gitCommit: 'sandbox',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: 'go1.26.8',
  compiler: 'gc',
  platform: 'linux/amd64',
}

// Served for its only resource, which stores nothing.
const REVIEWS = { group: 'authorization.k8s.io', versions: ['v1'] }

function core(version: string | undefined, resources: readonly Resource[]): Json | undefined {
  if (version === undefined)
    return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] }
  return resourceList('', version, resources)
}

function groupList(resources: readonly Resource[]): Json {
  const names = new Set([...resources, REVIEWS].map((one) => one.group))
  names.delete('')
  const groups = [...names].flatMap((name) => {
    const found = groupOf(name, resources)
    return found === undefined ? [] : [found]
  })
  return {
    kind: 'APIGroupList',
    apiVersion: 'v1',
    groups: groups.map(({ kind: _, apiVersion: __, ...group }) => group),
  }
}

function groupOf(name: string, resources: readonly Resource[]): JsonObject | undefined {
  const found = [...resources, REVIEWS].find((one) => one.group === name && name !== '')
  if (found === undefined) return undefined
  const versions = found.versions.map((version) => ({
    groupVersion: apiVersionOf(name, version),
    version,
  }))
  const [preferredVersion] = versions
  return {
    kind: 'APIGroup',
    apiVersion: 'v1',
    name,
    versions,
    ...(preferredVersion === undefined ? {} : { preferredVersion }),
  }
}

function resourceList(
  group: string,
  version: string,
  resources: readonly Resource[],
): Json | undefined {
  const served = resources.filter((one) => one.group === group && one.versions.includes(version))
  const rows = served.map(row)
  if (group === REVIEWS.group && REVIEWS.versions.includes(version)) rows.push(reviewRow())
  if (rows.length === 0) return undefined
  return {
    kind: 'APIResourceList',
    ...(group === '' ? {} : { apiVersion: 'v1' }),
    groupVersion: apiVersionOf(group, version),
    resources: rows,
  }
}

function row(resource: Resource): JsonObject {
  return {
    name: resource.plural,
    singularName: resource.singular,
    namespaced: resource.namespaced,
    kind: resource.kind,
    verbs: ['delete', 'get', 'list', 'patch', 'create', 'update'],
    ...(resource.shortNames.length === 0 ? {} : { shortNames: [...resource.shortNames] }),
    ...(resource.categories.length === 0 ? {} : { categories: [...resource.categories] }),
  }
}

function reviewRow(): JsonObject {
  return {
    name: 'selfsubjectaccessreviews',
    singularName: 'selfsubjectaccessreview',
    namespaced: false,
    kind: 'SelfSubjectAccessReview',
    verbs: ['create'],
  }
}
