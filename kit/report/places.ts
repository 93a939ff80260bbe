import type { PlaceSeen } from '../../src/rollout/model/place-seen.ts'
import { latencyOf } from './run.ts'

/** Two zones with the same samples: 20% of 150 went to v2, and all were answered. */
export const ALIKE_ZONES: readonly PlaceSeen[] = ['europe-west1-b', 'europe-west1-c'].map(someZone)

/** A third one, where v2 gets most. */
export const OTHER_ZONE: PlaceSeen = {
  ...someZone('europe-west1-d'),
  pods: 2,
  samples: 104,
  unclassified: 4,
  counts: [38, 62],
  latency: latencyOf(14, 15, 70),
  differs: ['shares'],
}

export function someZone(name: string): PlaceSeen {
  return {
    kind: 'zone',
    name,
    pods: 3,
    samples: 150,
    unclassified: 0,
    counts: [120, 30],
    latency: latencyOf(2, 3, 9),
    differs: [],
  }
}
