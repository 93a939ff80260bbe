import type { Place } from '../evidence-source.ts'
import type { JobPod } from './pod-streams.ts'

/** The places of Pods, in the order in which they were first seen. */
export type PodPlaces = {
  places(): readonly Place[]
  /** The number of the place of each of these Pods, which may be of another Job. */
  of(pods: readonly JobPod[]): number[]
}

/** Places are zones where each Pod of the first Job has one, else nodes. */
export function startPodPlaces(first: readonly JobPod[]): PodPlaces {
  const areZones = first.every(({ zone }) => zone !== undefined)
  const places: Place[] = []

  function placeOf({ node, zone }: JobPod): number {
    const place: Place =
      areZones && zone !== undefined
        ? { kind: 'zone', name: zone, pods: 0 }
        : { kind: 'node', name: node, pods: 0 }
    const found = places.findIndex(({ kind, name }) => kind === place.kind && name === place.name)
    return found >= 0 ? found : places.push(place) - 1
  }

  for (const pod of first) {
    const place = places[placeOf(pod)]
    if (place) place.pods += 1
  }
  return { places: () => places, of: (pods) => pods.map(placeOf) }
}
