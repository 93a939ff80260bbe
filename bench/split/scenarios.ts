import type { Lateness, Scenario, Transition } from './propagation.ts'

const RIGHT: readonly Transition[] = [
  { from: 0, to: 20, truth: 20 },
  { from: 20, to: 26, truth: 26 },
  { from: 20, to: 30, truth: 30 },
  { from: 20, to: 50, truth: 50 },
  { from: 50, to: 20, truth: 20 },
  { from: 20, to: 100, truth: 100 },
]

/** The gateway goes from one side of the band to the other and never serves what was asked for. */
const CROSSING: readonly Transition[] = [
  { from: 15, to: 5, truth: 0 },
  { from: 40, to: 50, truth: 55 },
]

/** Wrong weights after the switch, on a margin of the band; the switch itself shows. */
const OFF: readonly Transition[] = [
  { from: 20, to: 50, truth: 45 },
  { from: 20, to: 50, truth: 55 },
  { from: 50, to: 20, truth: 15 },
  { from: 20, to: 50, truth: 80 },
]

const SOON: Lateness = { kind: 'late', fromMs: 100, toMs: 500 }
const SLOW: Lateness = { kind: 'late', fromMs: 10_000, toMs: 10_000 }
const REPLICAS: Lateness = { kind: 'replicas', firstMs: 300, secondMs: 1300 }
/** Replicas that follow one another before the first attempt begins. */
const TOGETHER: Lateness = { kind: 'replicas', firstMs: 100, secondMs: 200 }
const LATE_TOGETHER: Lateness = { kind: 'replicas', firstMs: 400, secondMs: 480 }
const NEVER: Lateness = { kind: 'never' }

export const SCENARIOS: readonly Scenario[] = [
  ...RIGHT.flatMap((transition) =>
    [SOON, SLOW, REPLICAS, NEVER].map((lateness) => ({ transition, lateness })),
  ),
  ...CROSSING.flatMap((transition) =>
    [SOON, SLOW, REPLICAS].map((lateness) => ({ transition, lateness })),
  ),
  ...OFF.flatMap((transition) =>
    [SOON, SLOW, TOGETHER, LATE_TOGETHER].map((lateness) => ({ transition, lateness })),
  ),
]

export const FEW_SCENARIOS: readonly Scenario[] = [
  { transition: { from: 0, to: 20, truth: 20 }, lateness: SOON },
  { transition: { from: 0, to: 20, truth: 20 }, lateness: NEVER },
  { transition: { from: 15, to: 5, truth: 0 }, lateness: SOON },
  { transition: { from: 15, to: 5, truth: 0 }, lateness: REPLICAS },
]
