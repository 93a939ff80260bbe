import type { ApiServer } from '../../../kube/api-server.ts'
import { labelsAt } from '../../../kube/json.ts'
import { coreResource, readObject } from '../../../kube/resources.ts'
import type { Injection } from './job-template.ts'

/**
 * Whether the Pods get a sidecar: for a rule of the mesh, as clients have one. Elsewhere it would only be in between. In an
 * ambient namespace, connections of the Pods are those of the mesh without one.
 */
export async function readInjection(
  workloads: ApiServer,
  namespace: string,
  isOfMesh: boolean,
  signal: AbortSignal,
): Promise<Injection> {
  if (!isOfMesh) return { inject: false, revision: undefined }
  const read = await readObject(workloads, coreResource('namespaces', undefined, namespace), signal)
  const labels = read.kind === 'found' ? labelsAt(read.value, 'metadata', 'labels') : {}
  const isAmbient = labels['istio.io/dataplane-mode'] === 'ambient'
  return { inject: isAmbient ? undefined : true, revision: labels['istio.io/rev'] }
}
