import type { RouteObject } from '../../routes/route-object.ts'

/**
 * Tells reads that are older than what is known of an object. An API server behind a cache or a
 * mirror may answer a read with a version from before this run's own write; such an answer is not
 * somebody else's change.
 */
export type Freshness = {
  /** Whether a version is surely older than one that is known. */
  isOld: (object: RouteObject) => boolean
  /** Whether a write on it met a conflict, so that there is a newer one, unless what refused it lied. */
  isDoubtful: (object: RouteObject) => boolean
  /** Takes note of a version that a read gave, or a write. */
  note: (object: RouteObject) => void
  /** Takes note that a write on this version met a conflict. */
  doubt: (resourceVersion: string) => void
}

/**
 * A `generation` never goes down as long as the uid stays. Of versions that leave it alone, one
 * that was seen before a later one is old; more than equality must not be read out of a
 * resourceVersion.
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
