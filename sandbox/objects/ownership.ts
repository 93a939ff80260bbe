import { isDeepStrictEqual } from 'node:util'
import { isObject, type Json, type JsonObject, listAt } from './json.ts'
import type { KubeObject } from './kube-object.ts'
import { managedFieldsAfter, sameOwners } from './managed-fields.ts'
import type { Write } from './place.ts'
import { apiVersionOf, type Resource } from './resources.ts'

/** An object with the managedFields that a write gives it. */
export function owned(
  { before, after }: { before: JsonObject; after: KubeObject },
  resource: Resource,
  write: Write,
  time: string,
): KubeObject {
  const apiVersion = apiVersionOf(resource.group, write.version)
  const held = listAt(after, 'metadata', 'managedFields')
  const from = withManaged(before, held)
  const managedFields = managedFieldsAfter({
    before: from,
    after,
    manager: write.manager,
    apiVersion,
    time,
    subresource: write.subresource,
  })
  return withMetadata(after, { managedFields })
}

function withManaged(object: JsonObject, managedFields: Json[]): JsonObject {
  if (!isObject(object.metadata)) return object
  return { ...object, metadata: { ...object.metadata, managedFields } }
}

/** Whether a write changed nothing but times. */
export function unchanged(before: KubeObject, after: KubeObject): boolean {
  const owners = (object: KubeObject) => listAt(object, 'metadata', 'managedFields')
  const apart = (object: KubeObject) => ({
    ...withMetadata(object, { managedFields: [] }),
    apiVersion: '',
  })
  return isDeepStrictEqual(apart(before), apart(after)) && sameOwners(owners(before), owners(after))
}

/** An object with other values of some fields of its metadata. */
export function withMetadata(object: KubeObject, fields: JsonObject): KubeObject {
  return { ...object, metadata: { ...object.metadata, ...fields } }
}
