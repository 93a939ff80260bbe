import type { ApiCalls } from '../kube/api-server.ts'
import { type Resource, resourcePath } from '../kube/resources.ts'
import { answeredObject } from '../routes/object/answered-object.ts'
import type { RouteObject } from '../routes/route-object.ts'

/**
 * Reads an object as a writer meets it: by a dry run of a patch that changes nothing. No cache or mirror in front
 * of the API server answers it. Fails with an ApiError, of status 422 where the object has another uid.
 */
export async function dryRead(
  calls: Pick<ApiCalls, 'patch'>,
  resource: Resource,
  uid: string,
  signal: AbortSignal,
): Promise<RouteObject> {
  const same = [{ op: 'test' as const, path: '/metadata/uid', value: uid }]
  const answer = await calls.patch(resourcePath(resource), same, { dryRun: true }, signal)
  return answeredObject(answer, resource, 'PATCH')
}
