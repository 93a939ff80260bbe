import type { ApiServer } from '../../../kube/api-server.ts'
import { type JsonObject, objectsAt, textAt } from '../../../kube/json.ts'
import { type Resource, readList } from '../../../kube/resources.ts'
import type { ServiceName } from '../../rule-format.ts'
import { GATEWAY_API } from '../../types/route-types.ts'

/** The newest first. */
const VERSIONS = ['v1', 'v1beta1', 'v1alpha2']

/** The ReferenceGrants of a namespace, or the resource that may not be read. */
export type ReadGrants =
  | { kind: 'found'; grants: JsonObject[] }
  | { kind: 'denied'; resource: Resource }

export async function readGrants(
  api: ApiServer,
  namespace: string,
  signal: AbortSignal,
): Promise<ReadGrants> {
  for (const version of VERSIONS) {
    const resource: Resource = {
      group: GATEWAY_API,
      version,
      plural: 'referencegrants',
      namespace,
      name: undefined,
    }
    const read = await readList(api, resource, signal)
    if (read.kind === 'found') return { kind: 'found', grants: read.value }
    if (read.kind === 'denied') return { kind: 'denied', resource }
  }
  return { kind: 'found', grants: [] }
}

/** Whether a grant in the Service's namespace lets routes of a kind and namespace name it as a backend. */
export function isGranted(
  grants: readonly JsonObject[],
  from: { kind: string; namespace: string },
  { name }: ServiceName,
): boolean {
  return grants.some(
    (grant) =>
      objectsAt(grant, 'spec', 'from').some(
        (one) =>
          textAt(one, 'group') === GATEWAY_API &&
          textAt(one, 'kind') === from.kind &&
          textAt(one, 'namespace') === from.namespace,
      ) &&
      objectsAt(grant, 'spec', 'to').some((one) => {
        const only = textAt(one, 'name') ?? ''
        return (
          (textAt(one, 'group') ?? '') === '' &&
          textAt(one, 'kind') === 'Service' &&
          (only === '' || only === name)
        )
      }),
  )
}

/** A ReferenceGrant that would allow it, as YAML to apply. */
export function grantYaml(
  from: { kind: string; namespace: string },
  { namespace, name }: ServiceName,
): string {
  return [
    `apiVersion: ${GATEWAY_API}/v1beta1`,
    'kind: ReferenceGrant',
    `metadata: {name: ${from.namespace}-${from.kind.toLowerCase()}s, namespace: ${namespace}}`,
    'spec:',
    `  from: [{group: ${GATEWAY_API}, kind: ${from.kind}, namespace: ${from.namespace}}]`,
    `  to: [{group: "", kind: Service, name: ${name}}]`,
  ]
    .map((line) => `  ${line}`)
    .join('\n')
}
