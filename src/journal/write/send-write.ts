import { ApiError } from '../../kube/api-error.ts'
import type { ApiServer } from '../../kube/api-server.ts'
import type { Json } from '../../kube/json.ts'
import { type Resource, resourcePath } from '../../kube/resources.ts'
import { answeredObject } from '../../routes/object/answered-object.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import type { Rule } from '../../routes/rule.ts'
import type { Journal } from '../journal.ts'
import { writeOperations } from './write-operations.ts'

/** One write: the weights and the journal, on this version of the object. */
export type Write = {
  api: ApiServer
  resource: Resource
  object: RouteObject
  rule: Rule
  /** Its `written` is the list of destinations that is sent. */
  journal: Journal
}

/** Sends a write, or its dry run, once. Returns the object in the answer. Fails with an ApiError. */
export async function sendWrite(
  write: Write,
  { dryRun }: { dryRun: boolean },
  signal: AbortSignal,
): Promise<RouteObject> {
  const { api, resource, object, rule, journal } = write
  const operations = writeOperations(object, rule, journal)
  return writtenObject(
    write,
    await api.patch(resourcePath(resource), operations, { dryRun }, signal),
  )
}

/** An answer about another object does not say what became of the write. */
function writtenObject({ resource, object }: Write, answer: Json): RouteObject {
  try {
    const made = answeredObject(answer, resource, 'PATCH')
    if (made.uid === object.uid) return made
    throw new ApiError('PATCH', 'The write was answered with another object of the same name')
  } catch (error) {
    if (error instanceof ApiError) error.mayHaveLanded = true
    throw error
  }
}
