import { jobSchema } from './schema/job-schema.ts'
import type { Schema } from './schema/schema.ts'
import { schemaIn } from './schema/schema-file.ts'

/** A resource that the API server serves. */
export type Resource = {
  group: string
  /** Versions in the order of discovery, the preferred one first. */
  versions: readonly string[]
  plural: string
  singular: string
  kind: string
  shortNames: readonly string[]
  categories: readonly string[]
  namespaced: boolean
  /** Whether it is a custom resource: keys are sorted, `generation` counts, and there is no strategic merge. */
  custom: boolean
  /** The schema of the object; undefined: everything is kept and nothing is checked. */
  schema?: () => Schema
}

/** Istio's networking group. */
export const NETWORKING = 'networking.istio.io'

/** The Gateway API. */
export const GATEWAY_API = 'gateway.networking.k8s.io'

/** A resource with what differs from the usual. Without versions, those of its table. */
export type Row = Pick<Resource, 'group' | 'plural' | 'kind' | 'namespaced' | 'schema'> &
  Partial<Pick<Resource, 'shortNames' | 'categories' | 'versions'>>

const BUILT_IN: readonly Row[] = [
  { group: '', plural: 'namespaces', kind: 'Namespace', namespaced: false, shortNames: ['ns'] },
  { group: '', plural: 'nodes', kind: 'Node', namespaced: false, shortNames: ['no'] },
  { group: '', plural: 'pods', kind: 'Pod', namespaced: true, shortNames: ['po'] },
  { group: '', plural: 'configmaps', kind: 'ConfigMap', namespaced: true, shortNames: ['cm'] },
  { group: '', plural: 'secrets', kind: 'Secret', namespaced: true },
  { group: '', plural: 'events', kind: 'Event', namespaced: true, shortNames: ['ev'] },
  { group: '', plural: 'services', kind: 'Service', namespaced: true, shortNames: ['svc'] },
  { group: 'batch', plural: 'jobs', kind: 'Job', namespaced: true, schema: jobSchema },
  { group: 'discovery.k8s.io', plural: 'endpointslices', kind: 'EndpointSlice', namespaced: true },
]

const ISTIO: readonly Row[] = [
  {
    group: NETWORKING,
    plural: 'destinationrules',
    kind: 'DestinationRule',
    namespaced: true,
    shortNames: ['dr'],
  },
  { group: NETWORKING, plural: 'gateways', kind: 'Gateway', namespaced: true, shortNames: ['gw'] },
  { group: NETWORKING, plural: 'sidecars', kind: 'Sidecar', namespaced: true },
  {
    group: NETWORKING,
    plural: 'virtualservices',
    kind: 'VirtualService',
    namespaced: true,
    shortNames: ['vs'],
    schema: schemaIn('virtualservices.yaml'),
  },
]

/**
 * The resources that a sandbox serves. `istioVersions` are the served versions of Istio's networking group (none: the
 * group does not exist), `others` the further custom resources, `omitted` the plurals that are not installed, which may
 * have their group behind a dot.
 */
export function resourceTable(options: {
  istioVersions: readonly string[]
  others: readonly Row[]
  omitted: readonly string[]
}): Resource[] {
  const istio = options.istioVersions.length === 0 ? [] : ISTIO
  return [
    ...BUILT_IN.map((row) => resource(row, ['v1'], false)),
    ...istio.map((row) => resource(row, options.istioVersions, true)),
    ...options.others.map((row) => resource(row, ['v1'], true)),
  ].filter(
    ({ plural, group }) =>
      ![plural, `${plural}.${group}`].some((one) => options.omitted.includes(one)),
  )
}

function resource(row: Row, versions: readonly string[], custom: boolean): Resource {
  return {
    versions,
    singular: row.kind.toLowerCase(),
    shortNames: [],
    categories: custom ? ['istio-io', 'networking-istio-io'] : [],
    custom,
    ...row,
  }
}

/** `group/version` as in objects, without the core group. */
export function apiVersionOf(group: string, version: string): string {
  return group === '' ? version : `${group}/${version}`
}
