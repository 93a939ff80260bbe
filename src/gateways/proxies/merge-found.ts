import type { FoundProxies, ProxyPod } from './found-proxies.ts'

/** What was found at one place of a rule; undefined: the rule gets no traffic there. */
export type FoundPart = FoundProxies & {
  /** `Gateway demo/web`, or what else the place is. */
  where: string
  /** Samples of a run do not go there unless it is the only place. */
  isOfMesh?: boolean
}

export function unknownPart(where: string, unknown: string): FoundPart {
  return { where, pods: [], how: '', notes: [], unknown }
}

/**
 * The proxies of all places of a rule. A Pod can be of several of them. The proxies are unknown where those of the first
 * gateway are, because that is where a run connects to. Other places whose proxies are unknown are noted.
 */
export function mergeFound(parts: readonly (FoundPart | undefined)[]): FoundProxies {
  const all = parts.filter((one) => one !== undefined)
  const inOrder = [...all.filter(isOfGateway), ...all.filter((one) => !isOfGateway(one))]
  const [first, ...others] = inOrder
  if (first === undefined) return { ...NONE, unknown: 'no gateway that can be read has it' }
  if (first.unknown !== undefined) return { ...NONE, unknown: first.unknown }
  const known = [first, ...others.filter(({ unknown }) => unknown === undefined)]
  return {
    pods: mergedPods(known.flatMap(({ pods }) => pods)),
    how: known.map(({ how }) => how).join(' and '),
    notes: [
      ...known.flatMap(({ notes }) => notes),
      ...others.flatMap(({ where, unknown }) =>
        unknown === undefined ? [] : [`The proxies of ${where} are not read: ${unknown}.`],
      ),
    ],
  }
}

const NONE: FoundProxies = { pods: [], how: '', notes: [] }

function isOfGateway({ isOfMesh }: FoundPart): boolean {
  return isOfMesh !== true
}

function mergedPods(pods: readonly ProxyPod[]): ProxyPod[] {
  const byUid = new Map<string, ProxyPod>()
  for (const pod of pods) {
    const before = byUid.get(pod.uid)
    const arrivals = [...(before?.arrivals ?? []), ...(pod.arrivals ?? [])]
    byUid.set(pod.uid, { ...pod, arrivals })
  }
  return [...byUid.values()]
}
