import { type KubeObject, namespaceOf } from './kube-object.ts'
import type { Resource } from './resources.ts'

/** The change of one object. `before` or `after` is missing if it was created or deleted. */
export type Change = {
  resource: Resource
  before?: KubeObject
  after?: KubeObject
  /** Whether what a deleted object owned stays. */
  orphans?: boolean
}

/** The objects in memory, with one counter for all resourceVersions, as etcd has. */
export type Storage = {
  get(resource: Resource, namespace: string, name: string): KubeObject | undefined
  /** In the order of namespace and name; an empty namespace means all of them. */
  list(resource: Resource, namespace: string): KubeObject[]
  put(resource: Resource, object: KubeObject): void
  remove(resource: Resource, object: KubeObject, orphans?: boolean): void
  /** The next resourceVersion. */
  nextVersion(): string
  /** The resourceVersion of the latest write. */
  version(): string
  /** Calls back after every write until the returned function is called. */
  onChange(listener: (change: Change) => void): () => void
}

export function createStorage(): Storage {
  const tables = new Map<string, Map<string, KubeObject>>()
  const listeners = new Set<(change: Change) => void>()
  // The counter of a real cluster has moved before the first object is written.
  let counter = 200

  const tableOf = (resource: Resource) => {
    const key = `${resource.group}/${resource.plural}`
    const table = tables.get(key) ?? new Map<string, KubeObject>()
    tables.set(key, table)
    return table
  }
  const keyOf = (object: KubeObject) => `${namespaceOf(object)}/${object.metadata.name}`
  const tell = (change: Change) => {
    for (const listener of [...listeners]) listener(change)
  }

  return {
    get: (resource, namespace, name) => tableOf(resource).get(`${namespace}/${name}`),
    list: (resource, namespace) =>
      [...tableOf(resource).entries()]
        .filter(([key]) => namespace === '' || key.startsWith(`${namespace}/`))
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([, object]) => object),
    put(resource, object) {
      const table = tableOf(resource)
      const before = table.get(keyOf(object))
      table.set(keyOf(object), object)
      tell({ resource, after: object, ...(before === undefined ? {} : { before }) })
    },
    remove(resource, object, orphans = false) {
      if (tableOf(resource).delete(keyOf(object))) tell({ resource, before: object, orphans })
    },
    nextVersion() {
      counter += 1
      return String(counter)
    },
    version: () => String(counter),
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
