import type { ApiServer } from '../mesh/api-server.ts'
import { destinationNames } from '../mesh/destination-names.ts'
import { entryShares, entryWithRoutes } from '../mesh/entry.ts'
import { lookBehind } from '../mesh/look-behind.ts'
import { within } from '../within.ts'
import type { PutBackOrder } from './put-back.ts'

/** A rollback waits no longer than this for a look at the Pods. */
const LOOK_MS = 1000

/**
 * Why the original weights must not come back: a destination that would get more connections than it
 * has now has Pods, and none of them is ready. To one that would get fewer, such as a new version that
 * broke down under the run's weights, the way back is what helps. What cannot be told is no obstacle.
 */
export function deadOriginal(
  api: ApiServer,
  workloads: ApiServer,
  istioVersion: string,
  signal: AbortSignal,
): PutBackOrder['obstacle'] {
  return async (object, entry, original) => {
    const { destinations } = entryWithRoutes(entry, original)
    const names = destinationNames(destinations)
    const shares = entryShares({ destinations })
    const present = entryShares(entry)
    const gaining = destinations.flatMap((destination, index) =>
      (shares[index] ?? 0) > (present[index] ?? 0)
        ? [{ name: names[index] ?? destination.host, destination }]
        : [],
    )
    try {
      const where = { api, workloads, istioVersion, namespace: object.namespace }
      const { counts } = await within({ ms: LOOK_MS, signal }, (soon) =>
        lookBehind(where, gaining, soon),
      )
      const dead = counts.filter(({ counted }) => !('kind' in counted) && counted.ready === 0)
      if (dead.length === 0) return undefined
      return `${dead.map(({ name }) => name).join(', ')} has no ready endpoints any more`
    } catch {
      // To hold back a rollback because a look beside it failed would be worse than to go ahead.
      return undefined
    }
  }
}
