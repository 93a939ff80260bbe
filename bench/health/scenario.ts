import { SLOW_MS, type World } from './whole-run.ts'

/** What a scenario must not do, with a chance of more than 1 - confidence. */
export type Promise = 'alarm' | 'watch alarm' | 'any fail' | 'pass'

export type Scenario = {
  name: string
  world: World
  /** What may happen in at most 1% of runs. `alarm`: the run fails for health. `watch alarm`: it fails in any way after its check has passed. */
  never: Promise
  /** Runs are longer with a watch, so fewer are simulated. */
  effort: number
}

const ALPHA = 0.01
export const COMPARE = [{ kind: 'compare' }] as const
export const LIMITS = [{ kind: 'compare' }, { kind: 'max-errors', limit: 0.01 }] as const
export const LATENCY = [
  { kind: 'compare' },
  { kind: 'max-errors', limit: 0.01 },
  { kind: 'max-latency', limit: 0.01, overMs: SLOW_MS },
] as const

type Base = Partial<World> & { name: string; never: Promise; effort?: number }

export function scenario({ name, never, effort = 1, ...world }: Base): Scenario {
  return {
    name,
    never,
    effort,
    world: {
      from: [1, 0],
      steps: [[0.8, 0.2]],
      errorRate: () => 0.01,
      health: unspread(COMPARE),
      alpha: ALPHA,
      samplesPerSecond: 2000,
      ...world,
    },
  }
}

export function unspread(
  questions: World['health']['questions'],
  watchSeconds = 0,
): World['health'] {
  return { questions, spanMs: 0, gapMs: 0, watchSeconds }
}

/** Samples of all destinations that a limit of 1% takes at a rate of .25%, and the spacing of those that count. */
export function spreadOver(spanMs: number, share: number): World['health'] {
  const samples = 1249 / share
  return { questions: LIMITS, spanMs, gapMs: spanMs / samples, watchSeconds: 0 }
}

export const alike = (rate: number) => () => rate
