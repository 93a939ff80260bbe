import { isObject, type Json, type JsonObject, objectAt, textAt } from './json.ts'
import { isKubeObject, type KubeObject } from './kube-object.ts'
import type { Place, Write } from './place.ts'
import { apiVersionOf, type Resource } from './resources.ts'
import { prune, withDefaults } from './schema/prune.ts'
import { badRequest, invalid, undecodable } from './status-error.ts'

/** Input as an object of its place: head and name checked, unknown fields pruned. Throws StatusError. */
export function decoded(input: Json, place: Place, write: Write, isCreated = false): KubeObject {
  const { resource } = place
  const expected = apiVersionOf(resource.group, write.version)
  if (!isObject(input) || textAt(input, 'kind') === undefined)
    throw badRequest(
      `the object provided is unrecognized (must be of type ${resource.kind}): Object 'Kind' is missing in '${JSON.stringify(input)}' (${JSON.stringify(input)})`,
    )
  if (input.apiVersion !== expected)
    throw badRequest(
      `the API version in the data (${textAt(input, 'apiVersion') ?? ''}) does not match the expected API version (${expected})`,
    )
  for (const field of ['labels', 'annotations'])
    for (const value of Object.values(objectAt(input, 'metadata', field)))
      if (typeof value !== 'string' && value !== null)
        throw undecodable(input, notText(value, field))
  const named = { ...input, metadata: tidied(objectAt(input, 'metadata'), place) }
  if (!isKubeObject(named) || named.metadata.name === '')
    throw invalid({ group: resource.group, kind: resource.kind, name: '' }, [
      {
        reason: 'FieldValueRequired',
        message: 'Required value: name or generateName is required',
        field: 'metadata.name',
      },
    ])
  return pruned(named, resource, write, isCreated)
}

function notText(value: Json, field: string): string {
  const found = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value
  return `json: cannot unmarshal ${found} into Go struct field ObjectMeta.${field} of type string`
}

/** The fields of ObjectMeta. */
const METADATA = [
  'name',
  'generateName',
  'namespace',
  'selfLink',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'ownerReferences',
  'finalizers',
  'managedFields',
]

/** Metadata with its namespace, and without the empty maps that the API server leaves out. */
function tidied(metadata: JsonObject, place: Place): JsonObject {
  const { name } = metadata
  if (typeof name === 'string' && name !== place.name)
    throw badRequest(
      `the name of the object (${name}) does not match the name on the URL (${place.name})`,
    )
  const namespace = textAt(metadata, 'namespace') ?? ''
  if (namespace !== '' && namespace !== place.namespace)
    throw badRequest(
      `the namespace of the provided object does not match the namespace sent on the request`,
    )
  const tidy: JsonObject = {}
  for (const [field, value] of Object.entries(metadata)) {
    const emptyMap = isObject(value) && Object.keys(value).length === 0
    const emptyList = Array.isArray(value) && value.length === 0
    if (!(emptyMap || emptyList || value === null)) tidy[field] = value
  }
  for (const field of ['labels', 'annotations'])
    if (isObject(tidy[field])) tidy[field] = withTexts(tidy[field])
  if (place.namespace !== '') tidy.namespace = place.namespace
  return tidy
}

/** What Go reads for null in place of a string. */
function withTexts(map: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, value ?? '']))
}

/** An object with the defaults of its schema. */
export function defaulted(object: KubeObject, { schema }: Resource): KubeObject {
  if (schema === undefined) return object
  const { apiVersion, kind, metadata, ...content } = object
  const filled = withDefaults(content, schema())
  return { apiVersion, kind, metadata, ...(isObject(filled) ? filled : {}) }
}

function pruned(
  object: KubeObject,
  resource: Resource,
  write: Write,
  isCreated: boolean,
): KubeObject {
  if (resource.schema === undefined) return object
  const { apiVersion, kind, metadata: given, ...content } = object
  const unknown = Object.keys(given)
    .filter((field) => !METADATA.includes(field))
    .map((field) => `metadata.${field}`)
  const schema = resource.schema()
  const kept = withDefaults(prune(content, schema, unknown), schema)
  const known = Object.entries(given).filter(([field]) => METADATA.includes(field))
  const metadata = { ...Object.fromEntries(known), name: given.name }
  const told = unknown.map((path) => `unknown field ${JSON.stringify(path)}`)
  if (write.unknownFields === 'Strict' && told.length > 0) {
    const why = `strict decoding error: ${told.join(', ')}`
    // Source: k8s.io/apiserver, pkg/endpoints/handlers/rest.go, transformDecodeError.
    if (isCreated)
      throw badRequest(
        `${kind} in version ${JSON.stringify(write.version)} cannot be handled as a ${kind}: ${why}`,
      )
    throw undecodable(object, why)
  }
  if (write.unknownFields === 'Warn') for (const message of told) write.warn(message)
  return { apiVersion, kind, metadata, ...(isObject(kept) ? kept : {}) }
}
