import type { CheckMachine } from '../../src/split/check/check-machine.ts'
import type { CheckRules } from '../../src/split/check/check-rules.ts'
import type { SingleSample } from '../../src/split/sample.ts'
import { sampleFrom, seededRandom } from './samples.ts'

/** When the write of `someRules` was answered. */
export const WRITTEN_MS = 5000

/** 20/80 after 80/20, as a run tests it. */
export function someRules(changes: Partial<CheckRules> = {}): CheckRules {
  return {
    target: [0.2, 0.8],
    tolerance: [0.05, 0.05],
    old: [0.8, 0.2],
    alpha: 0.01,
    hypotheses: 1,
    samples: 'auto',
    plannedLimit: 5000,
    writtenMs: WRITTEN_MS,
    propagationTimeoutMs: 2000,
    mayRecover: false,
    ...changes,
  }
}

export function singleSample(destination: number | undefined, launchedMs = 0): SingleSample {
  return { kind: 'single', destination, launchedMs, tookMs: 1 }
}

/** Feeds samples of these shares until the attempt is over. Returns how many. */
export function feed(machine: CheckMachine, shares: readonly number[], launchedMs = 0): number {
  const random = seededRandom(7)
  let fed = 1
  while (!machine.observe(singleSample(sampleFrom(shares, random), launchedMs))) fed += 1
  return fed
}
