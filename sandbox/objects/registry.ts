import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { check } from './check.ts'
import { decoded, defaulted } from './decode.ts'
import { isObject, type Json, type JsonObject, sortedFields, textAt } from './json.ts'
import { isKubeObject, type KubeObject, namespaceOf } from './kube-object.ts'
import { owned, unchanged, withMetadata } from './ownership.ts'
import type { Place, Write } from './place.ts'
import { apiVersionOf, type Resource } from './resources.ts'
import {
  type About,
  alreadyExists,
  badRequest,
  conflict,
  invalid,
  modified,
  notFound,
  StatusError,
} from './status-error.ts'
import type { Storage } from './storage.ts'
import { wholeSeconds } from './whole-seconds.ts'

/** The API server's operations on objects, for any user. All functions throw StatusError. */
export type Registry = {
  storage: Storage
  resources: readonly Resource[]
  get(place: Place, version: string): KubeObject
  list(resource: Resource, namespace: string, version: string): KubeObject[]
  create(resource: Resource, namespace: string, input: Json, write: Write): KubeObject
  /** Replaces an object by the result of `change`. */
  update(place: Place, change: (current: KubeObject) => Json, write: Write): KubeObject
  /** Deletes an object, and what a namespace contains. With `uid`, only the object with that uid; `orphans`: not what it owns. */
  remove(place: Place, options: { uid?: string; dryRun: boolean; orphans?: boolean }): KubeObject
}

export function createRegistry(
  storage: Storage,
  resources: readonly Resource[],
  now: () => Date,
): Registry {
  const stored = (place: Place) => {
    const found = storage.get(place.resource, place.namespace, place.name)
    if (found === undefined) throw notFound(aboutOf(place))
    return found
  }

  const commit = (resource: Resource, object: KubeObject, write: Write): KubeObject => {
    if (write.dryRun) return object
    const numbered = withMetadata(object, { resourceVersion: storage.nextVersion() })
    storage.put(resource, numbered)
    return numbered
  }

  return {
    storage,
    resources,
    get: (place, version) => spoken(stored(place), place.resource, version),
    list: (resource, namespace, version) =>
      storage.list(resource, namespace).map((object) => spoken(object, resource, version)),

    create(resource, namespace, input, write) {
      const place = { resource, namespace, name: textAt(input, 'metadata', 'name') ?? '' }
      const object = decoded(input, place, write, true)
      const namespaces = resources.find((one) => one.group === '' && one.plural === 'namespaces')
      if (namespace !== '' && namespaces && !storage.get(namespaces, '', namespace))
        throw notFound({ group: '', plural: 'namespaces', name: namespace })
      if (textAt(object, 'metadata', 'resourceVersion'))
        throw badRequest('resourceVersion should not be set on objects to be created')
      check(object, place)
      if (storage.get(resource, namespace, place.name)) throw alreadyExists(aboutOf(place))

      const time = wholeSeconds(now())
      // No one owns a status that comes from a default.
      const isGiven = write.writesStatus && isObject(input) && input.status !== undefined
      const kept = isGiven || !hasStatus(resource) ? object : withoutStatus(object)
      const made = withMetadata(kept, {
        uid: randomUUID(),
        creationTimestamp: time,
        ...(resource.custom || resource.plural === 'endpointslices' ? { generation: 1 } : {}),
      })
      write.admit?.(resource, made)
      const marked = owned({ before: {}, after: made }, resource, write, time)
      return spoken(commit(resource, defaulted(marked, resource), write), resource, write.version)
    },

    update(place, change, write) {
      const before = stored(place)
      const { resource } = place
      const object = decoded(change(spoken(before, resource, write.version)), place, write)
      const given = textAt(object, 'metadata', 'resourceVersion') ?? ''
      if (!/^\d*$/.test(given)) {
        const quoted = JSON.stringify(given)
        throw new StatusError(
          500,
          undefined,
          `strconv.ParseUint: parsing ${quoted}: invalid syntax`,
        )
      }
      if (given === '' && resource.custom) throw invalid(asPlural(place), [UNNUMBERED])
      if (given !== '' && given !== before.metadata.resourceVersion) throw modified(aboutOf(place))

      const after = serverFields(before, object, resource, write)
      check(after, place, before)
      const time = wholeSeconds(now())
      const marked = owned({ before, after }, resource, write, time)
      write.admit?.(resource, after)
      if (unchanged(before, marked)) return spoken(before, resource, write.version)
      return spoken(commit(resource, marked, write), resource, write.version)
    },

    remove(place, options) {
      const object = stored(place)
      if (options.uid !== undefined && options.uid !== object.metadata.uid)
        throw conflict(
          { ...aboutOf(place), plural: place.resource.kind },
          `the UID in the precondition (${options.uid}) does not match the UID in record (${object.metadata.uid}). The object might have been deleted and then recreated`,
        )
      if (options.dryRun) return object
      if (place.resource.kind === 'Namespace') empty(storage, resources, place.name)
      storage.nextVersion()
      storage.remove(place.resource, object, options.orphans)
      return object
    },
  }
}

const UNNUMBERED = {
  reason: 'FieldValueInvalid',
  message: 'Invalid value: 0: must be specified for an update',
  field: 'metadata.resourceVersion',
}

/** The name of a place in error messages. */
export function aboutOf(place: Place): About {
  return { group: place.resource.group, plural: place.resource.plural, name: place.name }
}

function asPlural(place: Place): { group: string; kind: string; name: string } {
  return { group: place.resource.group, kind: place.resource.plural, name: place.name }
}

/** The fields that the server overwrites. */
function serverFields(
  before: KubeObject,
  object: KubeObject,
  resource: Resource,
  write: Write,
): KubeObject {
  const status = before.status
  const keepsStatus = !write.writesStatus && hasStatus(resource)
  const content = keepsStatus ? withoutStatus(object) : object
  const after: KubeObject = {
    ...content,
    ...(keepsStatus && status !== undefined ? { status } : {}),
  }
  const { uid, creationTimestamp, generation, resourceVersion, managedFields } = before.metadata
  const moved = resource.custom && !isDeepStrictEqual(contentOf(before), contentOf(after))
  const counted = typeof generation === 'number' && moved ? generation + 1 : generation
  const owners = after.metadata.managedFields ?? managedFields
  return withMetadata(after, {
    uid: after.metadata.uid ?? uid ?? null,
    creationTimestamp: creationTimestamp ?? null,
    resourceVersion: resourceVersion ?? null,
    ...(counted === undefined ? {} : { generation: counted }),
    ...(owners === undefined ? {} : { managedFields: owners }),
  })
}

/** The part of an object whose changes `generation` counts. */
function contentOf(object: KubeObject): JsonObject {
  const { apiVersion: _, metadata: __, status: ___, ...content } = object
  return content
}

/** The object in one of its versions. Istio's versions have the same content. */
function spoken(object: KubeObject, resource: Resource, version: string): KubeObject {
  const said = { ...object, apiVersion: apiVersionOf(resource.group, version) }
  // Sorted is a copy too.
  const copy = resource.custom ? sortedFields(said) : structuredClone(said)
  return isKubeObject(copy) ? copy : said
}

function hasStatus(resource: Resource): boolean {
  return resource.kind !== 'EndpointSlice'
}

function withoutStatus(object: KubeObject): KubeObject {
  const { status: _, apiVersion, kind, metadata, ...content } = object
  return { apiVersion, kind, metadata, ...content }
}

function empty(storage: Storage, resources: readonly Resource[], namespace: string): void {
  for (const resource of resources.filter((one) => one.namespaced))
    for (const object of storage.list(resource, namespace))
      if (namespaceOf(object) === namespace) storage.remove(resource, object)
}
