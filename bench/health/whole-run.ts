import { sampleFrom } from '../../kit/split/samples.ts'
import type { CheckEnd } from '../../src/split/check/check-end.ts'
import { type CheckMachine, checkMachine } from '../../src/split/check/check-machine.ts'
import type { CheckHealth, CheckRules } from '../../src/split/check/check-rules.ts'
import { defaultTolerance } from '../../src/split/plan/default-tolerance.ts'
import { planConnections } from '../../src/split/plan/plan-connections.ts'
import type { SingleSample } from '../../src/split/sample.ts'

/** Shares sum to 1. */
export type Shares = readonly number[]

/** What the versions behind a gateway do, and what a run asks of them. */
export type World = {
  from: Shares
  steps: readonly Shares[]
  /** What the gateway does where this is asked of it; itself, where nothing is said. */
  truth?: (target: Shares, ms: number) => Shares
  /** Chance that a sample of the destination, launched at that moment of the run, is an error. */
  errorRate: (destination: number, ms: number) => number
  /** Part of a destination's errors that cannot be recognized as its own. */
  unmarked?: (destination: number) => number
  /** Chance that a reply takes longer than `SLOW_MS`. */
  slowRate?: (destination: number) => number
  health: Omit<CheckHealth, 'growing'>
  alpha: number
  samplesPerSecond: number
}

export type RunEnd = {
  ended: CheckEnd | 'timeout'
  /** From 0: the step at which it ended. */
  step: number
  /** Whether the check had passed before, so that it was the watch that ended it. */
  watched: boolean
  samples: number
  ms: number
}

export const SLOW_MS = 250
const PROPAGATION_TIMEOUT_MS = 15_000
/** The gateway has the new weights after so long at most. */
const LATEST_SWITCH_MS = 300
const WATCH_PER_SECOND = 10

/** What the input `timeout` gives each check, when the weights are right. */
export type Limits = { checkMs: number }

/** The check of each step, as a run would make it, planned once for many runs. */
export function plannedChecks(world: World): readonly Omit<CheckRules, 'writtenMs'>[] {
  return world.steps.map((target, step) => {
    const old = world.steps[step - 1] ?? world.from
    const tolerance = defaultTolerance(target, old)
    const rules = {
      target,
      tolerance,
      old,
      alpha: world.alpha,
      hypotheses: world.steps.length,
    }
    const attempt = { ...rules, beta: 0.7 * world.alpha, guardCrossing: true, testsHealth: true }
    const growing = target.flatMap((share, i) => (share > (world.from[i] ?? 0) ? [i] : []))
    return {
      ...rules,
      samples: 'auto' as const,
      plannedLimit: planConnections(attempt).p999,
      propagationTimeoutMs: PROPAGATION_TIMEOUT_MS,
      mayRecover: false,
      health: { ...world.health, growing },
    }
  })
}

/** One run: writes, checks and watches each step, through the check machine, in simulated time. */
export function runOnce(
  world: World,
  checks: readonly Omit<CheckRules, 'writtenMs'>[],
  random: () => number,
  limits: Limits = { checkMs: 600_000 },
): RunEnd {
  const clock = { ms: 0, samples: 0 }
  for (const [step, check] of checks.entries()) {
    const machine = checkMachine({ ...check, writtenMs: clock.ms })
    const take = sampler({ world, check, writtenMs: clock.ms }, clock, random)
    const deadlineMs = clock.ms + limits.checkMs
    let ended = drive({ machine, take, world, clock, deadlineMs })
    const { watchSeconds } = world.health
    const watched = ended === 'pass' && watchSeconds > 0
    if (watched) {
      machine.watch(clock.ms, clock.ms + 1000 * watchSeconds)
      ended = drive({ machine, take, world, clock, deadlineMs: Number.POSITIVE_INFINITY })
    }
    if (ended !== 'pass' || step === checks.length - 1) return { ended, step, watched, ...clock }
  }
  throw new RangeError('no step')
}

type Clock = { ms: number; samples: number }

type Driven = {
  machine: CheckMachine
  take: () => SingleSample
  world: World
  clock: Clock
  deadlineMs: number
}

function drive({ machine, take, world, clock, deadlineMs }: Driven): CheckEnd | 'timeout' {
  for (;;) {
    const step = machine.next(clock.ms)
    if (step.kind === 'end') return step.ended ?? 'timeout'
    if (clock.ms >= deadlineMs) return 'timeout'
    if (step.kind === 'wait') {
      clock.ms = step.untilMs
      continue
    }
    if (step.kind === 'read-proxies') throw new RangeError('no proxies are read')
    const perSecond = perSecondIn(step, world.samplesPerSecond)
    do {
      clock.ms += 1000 / perSecond
    } while (!machine.observe(take()) && clock.ms < deadlineMs && !isDue(step, clock))
  }
}

type Sampling = Exclude<ReturnType<CheckMachine['next']>, { kind: 'wait' | 'read-proxies' | 'end' }>

function perSecondIn(step: Sampling, most: number): number {
  switch (step.kind) {
    case 'await-switch':
      return Math.min(most, step.samplesPerSecond || 1)
    case 'attempt':
      return most
    case 'settle':
      return Math.min(most, step.samplesPerSecond ?? most)
    case 'watch':
      return Math.min(most, WATCH_PER_SECOND)
  }
}

function isDue(step: Sampling, { ms }: Clock): boolean {
  return (step.kind === 'await-switch' || step.kind === 'watch') && ms >= step.untilMs
}

type Served = {
  world: World
  check: { target: Shares; old: Shares | undefined }
  writtenMs: number
}

function sampler({ world, check, writtenMs }: Served, clock: Clock, random: () => number) {
  const old = check.old ?? check.target
  const truth = (ms: number) => world.truth?.(check.target, ms) ?? check.target
  const switchMs = writtenMs + random() * LATEST_SWITCH_MS
  return (): SingleSample => {
    clock.samples += 1
    const served = sampleFrom(clock.ms < switchMs ? old : truth(clock.ms), random)
    const error = random() < world.errorRate(served, clock.ms)
    const isUnmarked = error && random() < (world.unmarked?.(served) ?? 0)
    const isSlow = world.slowRate !== undefined && random() < world.slowRate(served)
    return {
      kind: 'single',
      destination: isUnmarked ? undefined : served,
      launchedMs: clock.ms,
      tookMs: isSlow ? 2 * SLOW_MS : SLOW_MS / 10,
      error,
    }
  }
}
