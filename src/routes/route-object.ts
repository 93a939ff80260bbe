import {
  at,
  isObject,
  type Json,
  type JsonObject,
  labelsAt,
  numberAt,
  objectsAt,
  textAt,
} from '../kube/json.ts'

/** A route object as the API server gave it, with the parts of its metadata that a run reads. */
export type RouteObject = {
  kind: string
  namespace: string
  name: string
  uid: string
  resourceVersion: string
  createdAt: string
  /** When its deletion was asked for; undefined: it is not being deleted. A finalizer may hold it for long. */
  deletedAt: string | undefined
  /** How often the spec was written, by the API server's count; undefined where it keeps none. */
  generation: number | undefined
  annotations: Readonly<Record<string, string>>
  managedFields: readonly ManagedFields[]
  spec: JsonObject
  /** The whole object, with fields that this tool does not read. */
  raw: JsonObject
}

export type ManagedFields = {
  manager: string
  timeMs: number | undefined
  /** fieldsV1: which fields this manager set. */
  fields: Json
}

/** Parses the API server's answer; undefined where it is no object with the usual metadata. */
export function parseRouteObject(answer: Json): RouteObject | undefined {
  if (!isObject(answer)) return undefined
  const metadata = at(answer, 'metadata')
  const spec = at(answer, 'spec')
  const kind = textAt(answer, 'kind')
  const namespace = textAt(metadata, 'namespace')
  const name = textAt(metadata, 'name')
  const uid = textAt(metadata, 'uid')
  const resourceVersion = textAt(metadata, 'resourceVersion')
  if (!kind || !namespace || !name || !uid || !resourceVersion) return undefined
  return {
    kind,
    namespace,
    name,
    uid,
    resourceVersion,
    createdAt: textAt(metadata, 'creationTimestamp') ?? '',
    deletedAt: textAt(metadata, 'deletionTimestamp'),
    generation: numberAt(metadata, 'generation'),
    annotations: labelsAt(metadata, 'annotations'),
    managedFields: objectsAt(metadata, 'managedFields').map(parseManagedFields),
    spec: isObject(spec) ? spec : {},
    raw: answer,
  }
}

function parseManagedFields(item: JsonObject): ManagedFields {
  const timeMs = Date.parse(textAt(item, 'time') ?? '')
  return {
    manager: textAt(item, 'manager') ?? '',
    timeMs: Number.isNaN(timeMs) ? undefined : timeMs,
    fields: item.fieldsV1 ?? null,
  }
}
