import { plainList } from '../../problem/list-text.ts'
import { countText } from '../model/percents.ts'
import { type ReadCounters, restartedBetween, servedByAll, wasCounted } from './proxy-looks.ts'
import type { ProxyMember } from './proxy-set.ts'

/** The proxies of a check after its deciding sample. */
export type ReadAgain = {
  /** The Pods could be read again. */
  areListed: boolean
  /** They are those whose proxies were all confirmed. */
  areSame: boolean
  /** All of them still have the weights. */
  areConfirmed: boolean
  members: readonly ProxyMember[]
  /** What they had counted when all were confirmed, and now. */
  before: ReadCounters
  after: ReadCounters
  /** How many samples they must have served in between. */
  samples: number
}

/** Why a pass does not count, as a sentence: other proxies may have served samples. Undefined where it counts. */
export function doubtAfter({
  areListed,
  areSame,
  areConfirmed,
  members,
  before,
  after,
  samples,
}: ReadAgain): string | undefined {
  if (!areListed) return 'The Pods of the proxies could not be listed again.'
  if (!areSame) return 'Pods came or went while samples were taken.'
  if (!areConfirmed) return 'A proxy no longer shows the new weights.'
  const { served, lostHosts } = servedByAll(before, after)
  if (served >= samples) return undefined
  const restarted = restartedBetween(before, after)
  if (restarted.size > 0) {
    const names = members.flatMap(({ pod }) =>
      restarted.has(pod.uid) ? [`${pod.namespace}/${pod.name}`] : [],
    )
    return `${plainList(names)} restarted while samples were taken, and counts from 0 since.`
  }
  if (!members.every(({ pod }) => wasCounted(pod.uid, before, after)))
    return 'The counters of a proxy could not be read.'
  return lostHosts > 0
    ? 'Endpoints were removed while samples were taken, with what the proxies had counted for them.'
    : `The proxies served only ${countText(served)} of ${countText(samples)} samples, so others serve the rule too.`
}
