import type { RouteObject } from '../../routes/route-object.ts'

/**
 * Recognizes reads that are older than what is known of an object. An API server behind a cache or a mirror may
 * answer a read with a version from before this run's own write. Such an answer is not another client's change.
 */
export type Freshness = {
  /** Whether a version is certainly older than one that is known. */
  isOld: (object: RouteObject) => boolean
  /** Whether a write on it met a conflict, which says that there is a newer one. */
  isDoubtful: (object: RouteObject) => boolean
  /** Takes note of a version that a read or a write returned. */
  note: (object: RouteObject) => void
  /** Takes note that a write on this version met a conflict. */
  doubt: (resourceVersion: string) => void
}

/**
 * The `generation` of a uid never goes down. Of versions with the same generation, one that was seen before
 * another is old. A resourceVersion may only be compared for equality.
 *
 * @param generation the highest that is known so far
 */
export function freshnessOf(uid: string, generation: number | undefined): Freshness {
  let highest = generation ?? 0
  let latest: string | undefined
  const passed = new Set<string>()
  const doubtful = new Set<string>()
  return {
    isOld: (object) =>
      object.uid === uid &&
      ((object.generation ?? highest) < highest || passed.has(object.resourceVersion)),
    isDoubtful: ({ resourceVersion }) => doubtful.has(resourceVersion),
    note({ uid: other, resourceVersion, generation: counted = 0 }) {
      if (other !== uid) return
      highest = Math.max(highest, counted)
      doubtful.delete(resourceVersion)
      if (latest !== undefined && latest !== resourceVersion) passed.add(latest)
      latest = resourceVersion
    },
    doubt: (resourceVersion) => void doubtful.add(resourceVersion),
  }
}
