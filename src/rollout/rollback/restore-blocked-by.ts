import type { RestoreTask } from '../../journal/restore/restore.ts'
import type { ApiServer } from '../../kube/api-server.ts'
import { within } from '../../kube/within.ts'
import { destinationNames } from '../../routes/destination-names.ts'
import { sharesOf, withDestinations } from '../../routes/rule.ts'
import { checkBackends } from '../../workloads/check-backends.ts'
import type { NamedDestination } from '../../workloads/ready-endpoints.ts'
import { type Evidence, serving } from './serving.ts'

/** A rollback waits no longer than this for a look at the Pods. */
const LOOK_MS = 1000

type Where = {
  api: ApiServer
  workloads: ApiServer
  istioVersion: string
  /** What this run's samples say of a destination, by its name. */
  evidence: (name: string) => Evidence
}

/** `obstacleTo` for those who have taken no sample. */
export function deadOriginal(
  api: ApiServer,
  workloads: ApiServer,
  istioVersion: string,
  signal: AbortSignal,
): RestoreTask['blockedBy'] {
  return restoreBlockedBy({ api, workloads, istioVersion, evidence: () => ({}) }, signal)
}

/**
 * Why the original weights must not come back as yet: they would move connections from a destination
 * that serves to one that does not. Where neither serves the way back is at least known, and what
 * cannot be told is no obstacle.
 */
export function restoreBlockedBy(where: Where, signal: AbortSignal): RestoreTask['blockedBy'] {
  return async (object, rule, original) => {
    // The original list is the present one without what the run added at its end.
    const names = destinationNames(rule.destinations)
    const present = sharesOf(rule)
    const back = sharesOf(withDestinations(rule, original))
    const moved = rule.destinations.map((destination, index) => ({
      name: names[index] ?? destination.host,
      destination,
      gain: (back[index] ?? 0) - (present[index] ?? 0),
    }))
    const gaining = moved.filter(({ gain }) => gain > 0)
    const losing = moved.filter(({ gain }) => gain < 0)
    try {
      const { counts } = await within({ ms: LOOK_MS, signal }, (soon) =>
        checkBackends(
          { ...where, kind: object.kind, namespace: object.namespace },
          [...gaining, ...losing],
          soon,
        ),
      )
      const serves = ({ name }: NamedDestination) =>
        serving(counts.find((one) => one.name === name)?.counted, where.evidence(name))
      const dead = gaining.filter((one) => serves(one) === 'no')
      const loses = (one: NamedDestination) =>
        where.evidence(one.name).unanswered !== true && serves(one) !== 'no'
      if (dead.length === 0 || !losing.some(loses)) return undefined
      return `${dead.map(({ name }) => name).join(', ')} has no ready endpoints any more`
    } catch {
      // To hold back a rollback because a look beside it failed would be worse than to go ahead.
      return undefined
    }
  }
}
