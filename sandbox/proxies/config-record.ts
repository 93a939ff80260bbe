import { isDeepStrictEqual } from 'node:util'
import type { ListenerPlace, MeshConfig } from '../mesh/config.ts'

/** Since when a replica has a part of its configuration. */
export type Since = { version: string; updated: string }

/** An update that a replica has rejected. */
export type Rejection = { version: string; attempted: string; details: string }

/** Since when a replica has each listener and each table of routes. What an update leaves as it is, keeps its time. */
export type ConfigRecord = {
  listener(place: ListenerPlace): Since
  routes(name: string): Since
  /** The newest update of a listener, if the replica has rejected it. */
  rejection(place: ListenerPlace): Rejection | undefined
  /** Returns whether any listener or route is another one, was added or removed. */
  applied(before: MeshConfig, next: MeshConfig): boolean
  rejected(current: MeshConfig, next: MeshConfig, details: string): void
}

export function createConfigRecord(now: () => Date): ConfigRecord {
  const listeners = new Map<ListenerPlace, Since>()
  const routes = new Map<string, Since>()
  const rejections = new Map<ListenerPlace, Rejection>()
  let pushes = 0
  const next = () => {
    pushes += 1
    const at = now().toISOString()
    return { version: `${at.slice(0, 19)}Z/${pushes}`, at }
  }
  return {
    listener: (place) => listeners.get(place) ?? NEVER,
    routes: (name) => routes.get(name) ?? NEVER,
    rejection: (place) => rejections.get(place),
    applied(before, after) {
      const { version, at } = next()
      rejections.clear()
      const since = { version, updated: at }
      const places = changed(before.listeners, after.listeners)
      const names = changed(before.routes, after.routes)
      for (const place of places) listeners.set(place, since)
      for (const name of names) routes.set(name, since)
      const lacks =
        hasLess(before.listeners, after.listeners) || hasLess(before.routes, after.routes)
      return places.length + names.length > 0 || lacks
    },
    rejected(current, wanted, details) {
      const { version, at } = next()
      for (const place of changed(current.listeners, wanted.listeners))
        rejections.set(place, { version, attempted: at, details })
    },
  }
}

const NEVER: Since = { version: '', updated: new Date(0).toISOString() }

/** Whether something was removed. */
function hasLess<Key>(before: ReadonlyMap<Key, unknown>, after: ReadonlyMap<Key, unknown>) {
  return [...before.keys()].some((key) => !after.has(key))
}

/** The keys of what is new or other. */
function changed<Key, Value>(before: ReadonlyMap<Key, Value>, after: ReadonlyMap<Key, Value>) {
  return [...after]
    .filter(([key, value]) => !before.has(key) || !isDeepStrictEqual(before.get(key), value))
    .map(([key]) => key)
}
