import type { Json } from './json.ts'
import { isKubeObject, type KubeObject } from './kube-object.ts'
import { applyMergePatch } from './merge-patch.ts'
import type { Place, Write } from './place.ts'
import type { Registry } from './registry.ts'
import { notFound } from './status-error.ts'

/** The name of one object. A cluster-scoped object has no namespace. */
export type ObjectRef = { group: string; resource: string; namespace?: string; name: string }

/**
 * Direct access to the objects, by the rules of the API server but without requests: nothing is recorded as a call, no
 * fault takes effect, and a status is written like any field. Throws StatusError. `fieldManager` is the name in
 * managedFields (default `admin`).
 */
export type ObjectStore = {
  /** A copy; undefined if the object does not exist. */
  get(ref: ObjectRef): KubeObject | undefined
  list(of: { group: string; resource: string; namespace?: string }): KubeObject[]
  /** The server overwrites its own fields (uid, resourceVersion and so on), so a copy can be created again. */
  create(object: KubeObject, fieldManager?: string): KubeObject
  /** Replaces the object with the same name. A given resourceVersion must be current. */
  replace(object: KubeObject, fieldManager?: string): KubeObject
  /** Applies a JSON Merge Patch (RFC 7386). */
  patch(ref: ObjectRef, patch: Json, fieldManager?: string): KubeObject
  delete(ref: ObjectRef): void
  /** Resolves at the next write of any object. */
  changed(): Promise<void>
}

export function createObjectStore(registry: Registry): ObjectStore {
  const resourceOf = (group: string, plural: string) => {
    const found = registry.resources.find((one) => one.group === group && one.plural === plural)
    if (found === undefined) throw notFound({ group, plural })
    return found
  }
  const placeOf = (ref: ObjectRef): Place => ({
    resource: resourceOf(ref.group, ref.resource),
    namespace: ref.namespace ?? '',
    name: ref.name,
  })
  const preferred = (place: Pick<Place, 'resource'>) => place.resource.versions[0] ?? 'v1'
  const placeOfObject = (object: KubeObject): { place: Place; version: string } => {
    const [group, version] = object.apiVersion.includes('/')
      ? object.apiVersion.split('/')
      : ['', object.apiVersion]
    const resource = registry.resources.find(
      (one) => one.group === group && one.kind === object.kind,
    )
    if (resource === undefined) throw notFound({ group: group ?? '', plural: object.kind })
    const given = object.metadata.namespace
    const namespace = resource.namespaced ? (typeof given === 'string' ? given : 'default') : ''
    return { place: { resource, namespace, name: object.metadata.name }, version: version ?? 'v1' }
  }
  const hand = (version: string, manager = 'admin'): Write => ({
    manager,
    version,
    dryRun: false,
    writesStatus: true,
    unknownFields: 'Ignore',
    warn: () => {},
  })

  return {
    get(ref) {
      const place = placeOf(ref)
      const found = registry.storage.get(place.resource, place.namespace, place.name)
      return found === undefined ? undefined : registry.get(place, preferred(place))
    },
    list(of) {
      const resource = resourceOf(of.group, of.resource)
      return registry.list(resource, of.namespace ?? '', preferred({ resource }))
    },
    create(object, fieldManager) {
      const { place, version } = placeOfObject(object)
      const fresh = withoutServerFields(object)
      return registry.create(place.resource, place.namespace, fresh, hand(version, fieldManager))
    },
    replace(object, fieldManager) {
      const { place, version } = placeOfObject(object)
      return registry.update(
        place,
        (current) => applyMergePatch(object, numberOf(object, current)),
        hand(version, fieldManager),
      )
    },
    patch(ref, patch, fieldManager) {
      const place = placeOf(ref)
      return registry.update(
        place,
        (current) => applyMergePatch(current, patch),
        hand(preferred(place), fieldManager),
      )
    },
    delete(ref) {
      registry.remove(placeOf(ref), { dryRun: false })
    },
    changed: () =>
      new Promise((resolve) => {
        const unlisten = registry.storage.onChange(() => {
          unlisten()
          resolve()
        })
      }),
  }
}

function withoutServerFields(object: KubeObject): Json {
  const { uid, resourceVersion, creationTimestamp, generation, managedFields, ...metadata } =
    object.metadata
  return { ...object, metadata }
}

/** The current resourceVersion for an object without one. */
function numberOf(object: KubeObject, current: KubeObject): Json {
  const given = isKubeObject(object) ? object.metadata.resourceVersion : undefined
  return { metadata: { resourceVersion: given ?? current.metadata.resourceVersion ?? '' } }
}
