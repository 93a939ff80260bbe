import type { Classified } from '../../src/evidence/probe/classify.ts'
import { seededRandom } from '../split/samples.ts'
import type { SimulatedJob } from './simulated-job.ts'

/** The outcomes of simulated Pods, by their numbers. */
export const OUTCOMES: readonly Classified[] = [
  { kind: 'destination', index: 0 },
  { kind: 'destination', index: 1 },
  { kind: 'unclassified', why: 'timeout', detail: '' },
]

/** 64 Pods with four samples in flight each; v2 takes ten times as long as v1, which takes 10 to 30 ms. Every eighth log is slow. */
export function withSlowVersion(share: number, seed: number, pods = 64): SimulatedJob {
  const random = seededRandom(seed)
  return {
    pods,
    concurrency: 4,
    outcomes: OUTCOMES,
    draw() {
      const outcome = random() < share ? 1 : 0
      return { outcome, tookMs: (outcome === 1 ? 200 : 20) * (0.5 + random()) }
    },
    delayMs: (pod) => 5 + 20 * random() + (pod % 8 === 0 ? 200 : 0),
    clockMs: (pod) => 100_000 * pod,
  }
}

/** 64 Pods with one sample in flight each. A fifth is for v2, and a fifth of that hangs until the time limit. */
export function withHangingVersion(seed: number): SimulatedJob {
  const random = seededRandom(seed)
  return {
    pods: 64,
    concurrency: 1,
    outcomes: OUTCOMES,
    draw() {
      const isV2 = random() < 0.2
      if (isV2 && random() < 0.2) return { outcome: 2, tookMs: 5000 }
      return { outcome: isV2 ? 1 : 0, tookMs: 20 }
    },
  }
}

/** Pods that keep to a pace, with a version that is ten times slower. */
export function withPace(pods: number, ratePerSecond: number, seed: number): SimulatedJob {
  return {
    ...withSlowVersion(0.5, seed, pods),
    ratePerSecond,
    concurrency: Math.ceil(ratePerSecond / 2),
    delayMs: () => 5,
    zones: ['zone-a', 'zone-b', 'zone-c'],
  }
}
