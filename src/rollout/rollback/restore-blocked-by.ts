import type { FindObstacle } from '../../journal/restore/restored.ts'
import type { ApiServer } from '../../kube/api-server.ts'
import { within } from '../../kube/within.ts'
import { listText } from '../../problem/list-text.ts'
import { destinationNames } from '../../routes/destination-names.ts'
import { sharesOf, withDestinations } from '../../routes/rule.ts'
import { checkBackends } from '../../workloads/check-backends.ts'
import type { NamedDestination } from '../../workloads/ready-endpoints.ts'
import { type Evidence, serving } from './serving.ts'

/** A rollback waits no longer than this for a look at the Pods. Milliseconds. */
const LOOK_MS = 1000

type Where = {
  api: ApiServer
  workloads: ApiServer
  apiVersion: string
  /** What this run's samples say of a destination, by its name. */
  evidence: (name: string) => Evidence
}

/** `restoreBlockedBy` for a write of which this run has taken no sample. */
export function blockedByPods(
  { api, workloads }: Pick<Where, 'api' | 'workloads'>,
  apiVersion: string,
  signal: AbortSignal,
): FindObstacle {
  return restoreBlockedBy({ api, workloads, apiVersion, evidence: () => ({}) }, signal)
}

/**
 * Finds out whether the previous weights would move connections from a destination that serves to one that does
 * not. Where neither serves, the previous weights are at least known ones. What cannot be found out is no obstacle.
 */
export function restoreBlockedBy(where: Where, signal: AbortSignal): FindObstacle {
  return async (object, rule, original) => {
    // The previous list is the present one without the destination that the run added at its end.
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
      const deadNames = dead.map(({ name }) => name)
      return {
        code: 'ITS-ROLLBACK-NO-READY-ENDPOINTS',
        what: `${listText(deadNames)} ${dead.length === 1 ? 'has' : 'have'} no ready endpoints any more.`,
      }
    } catch {
      // A failed look at the Pods must not keep a rollback from going on.
      return undefined
    }
  }
}
