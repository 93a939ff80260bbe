import type { ApiServer } from './api-server.ts'
import { at } from './json.ts'
import type { Resource } from './resources.ts'

/**
 * Asks the API server whether the user has a right. This distinguishes a missing right from a refusal by an admission plugin:
 * both answer 403.
 */
export async function isAllowed(
  api: ApiServer,
  verb: string,
  resource: Resource,
  signal: AbortSignal,
): Promise<boolean> {
  const [plural, subresource = ''] = resource.plural.split('/')
  const review = await api.create(
    '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: {
        resourceAttributes: {
          verb,
          group: resource.group,
          version: resource.version,
          resource: plural ?? '',
          subresource,
          namespace: resource.namespace ?? '',
          name: resource.name ?? '',
        },
      },
    },
    signal,
  )
  return at(review, 'status', 'allowed') === true
}
