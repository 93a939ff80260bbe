import { GATEWAY_API_RESOURCES } from './objects/gateway-api.ts'
import type { KubeObject } from './objects/kube-object.ts'
import { createRegistry, type Registry } from './objects/registry.ts'
import { type Resource, resourceTable } from './objects/resources.ts'
import { createStorage } from './objects/storage.ts'
import type { SandboxOptions } from './options.ts'

/** The resources that a sandbox serves, without any object. */
export function startRegistry(options: SandboxOptions, now: () => Date): Registry {
  const resources = resourceTable({
    istioVersions: options.istioVersions ?? ['v1', 'v1beta1', 'v1alpha3'],
    others: options.gatewayApi === undefined ? [] : GATEWAY_API_RESOURCES,
    omitted: options.omitted ?? [],
  })
  return createRegistry(createStorage(), resources, now)
}

/** Whether a resource is that of an object. */
export function serves(
  { group, kind }: Resource,
  { apiVersion, kind: wanted }: KubeObject,
): boolean {
  return kind === wanted && group === (apiVersion.includes('/') ? apiVersion.split('/')[0] : '')
}
