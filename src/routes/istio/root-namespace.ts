import { load } from 'js-yaml'
import type { ApiServer } from '../../kube/api-server.ts'
import { textAt } from '../../kube/json.ts'
import { coreResource, type Resource, readObject } from '../../kube/resources.ts'

/** Istio's own namespace. It is the root namespace unless the mesh config names another one. */
export const ISTIO_NAMESPACE = 'istio-system'

/**
 * Istio's root namespace, whose rules apply to all namespaces, as the mesh config names it. `denied` is set where the
 * mesh config may not be read.
 */
export async function readRootNamespace(
  api: ApiServer,
  signal: AbortSignal,
): Promise<{ root: string; denied: Resource | undefined }> {
  const read = await readObject(api, coreResource('configmaps', ISTIO_NAMESPACE, 'istio'), signal)
  const denied = read.kind === 'denied' ? read.resource : undefined
  const text = read.kind === 'found' ? textAt(read.value, 'data', 'mesh') : undefined
  return { root: rootNamespaceIn(text ?? '') ?? ISTIO_NAMESPACE, denied }
}

/** undefined where the text does not name one, or is not YAML. */
export function rootNamespaceIn(meshConfig: string): string | undefined {
  try {
    const config: unknown = load(meshConfig)
    if (typeof config !== 'object' || config === null || !('rootNamespace' in config)) return
    const { rootNamespace } = config
    return typeof rootNamespace === 'string' && rootNamespace !== '' ? rootNamespace : undefined
  } catch {
    return undefined
  }
}
