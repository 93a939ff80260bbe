import { meanOf, quantileOf, type Seen, seen } from '../../kit/bench/split/error-bars.ts'
import { seededRandom } from '../../kit/split/samples.ts'
import { rulesOf } from '../../src/rollout/check/check-task.ts'
import { evidenceOf } from '../../src/rollout/diagnosis/evidence-of.ts'
import type { Check } from '../../src/rollout/model/check.ts'
import { planChecks } from '../../src/rollout/plan/plan-checks.ts'
import { ofHundred } from '../../src/routes/weights/weights.ts'
import { type CheckEnd, endByCause } from '../../src/split/check/check-end.ts'
import { checkMachine } from '../../src/split/check/check-machine.ts'
import { diagnose } from '../../src/split/diagnosis/diagnose.ts'
import type { ReplyCounts } from '../../src/split/judge/unanswered-destinations.ts'

/** A write from one share of the first of two destinations to another, in percent. */
export type Transition = { from: number; to: number; truth: number }

/**
 * How the gateway goes over: `late` after some milliseconds, evenly spread; `replicas` two of them, the
 * second a while after the first, so half of the samples between are old; `never`.
 */
export type Lateness = { kind: 'late'; fromMs: number; toMs: number } | Replicas | { kind: 'never' }

export type Replicas = { kind: 'replicas'; firstMs: number; secondMs: number }

export type Scenario = { transition: Transition; lateness: Lateness }

/** What the runs of a scenario came to; times since the write's answer, in simulated milliseconds. */
export type Followed = {
  scenario: Scenario
  runs: number
  pass: Seen
  fail: Seen
  inconclusive: Seen
  /** Fails that the tool would call `not-propagated`. */
  notPropagated: number
  medianMs: number
  p95Ms: number
  meanSamples: number
  meanAttempts: number
}

const SAMPLES_PER_SECOND = 5000
export const CONFIDENCE_PERCENT = 99
const PROPAGATION_TIMEOUT_MS = 15_000
/** The input `timeout`. */
const DEADLINE_MS = 300_000

type Run = { ended: CheckEnd; atMs: number; samples: number; attempts: number }

export function follow(scenario: Scenario, runs: number, seed: number): Followed {
  const check = checkOf(scenario.transition)
  const random = seededRandom(seed)
  const all = Array.from({ length: runs }, () => runOnce(check, scenario, random))
  const times = all.map(({ atMs }) => atMs)
  const count = (...ends: CheckEnd[]) => all.filter(({ ended }) => ends.includes(ended)).length
  return {
    scenario,
    runs,
    pass: seen(count('pass'), runs),
    fail: seen(count('off-target', 'not-propagated', 'no-reply'), runs),
    inconclusive: seen(count('limit-reached', 'dependent'), runs),
    notPropagated: count('not-propagated') / runs,
    medianMs: quantileOf(times, 0.5),
    p95Ms: quantileOf(times, 0.95),
    meanSamples: meanOf(all.map(({ samples }) => samples)),
    meanAttempts: meanOf(all.map(({ attempts }) => attempts)),
  }
}

/** The check that a run with the default tolerance would plan for this write. */
function checkOf({ from, to }: Transition): Check {
  const [check] = planChecks(
    {
      names: ['new', 'old'],
      unit: 'connection',
      presentShares: [from / 100, 1 - from / 100],
      targets: [ofHundred([to, 100 - to])],
      writes: true,
    },
    {
      confidencePercent: CONFIDENCE_PERCENT,
      tolerancePoints: undefined,
      connections: 'auto',
    },
  )
  if (check === undefined) throw new RangeError('no weights to confirm')
  return check
}

/** A check of src/rollout with simulated connections. */
function runOnce(check: Check, { transition, lateness }: Scenario, random: () => number): Run {
  const task = {
    check,
    alpha: (100 - CONFIDENCE_PERCENT) / 100,
    hypotheses: 1,
    connections: 'auto' as const,
    mayRecover: false,
    writtenMs: 0,
    propagationTimeoutMs: PROPAGATION_TIMEOUT_MS,
  }
  const machine = checkMachine(rulesOf(task))
  const shareAt = startGateway(transition, lateness, random)
  const beforeAttempts = [0, 0]
  const attempts: ReplyCounts[] = []
  let samples = 0
  let begun = false
  let nowMs = 0

  function sample(): boolean {
    samples += 1
    const destination = random() < shareAt(nowMs) ? 0 : 1
    if (!begun) beforeAttempts[destination] = (beforeAttempts[destination] ?? 0) + 1
    return machine.observe({ kind: 'single', destination, launchedMs: nowMs, tookMs: 0 })
  }

  for (;;) {
    const step = machine.next(nowMs)
    switch (step.kind) {
      case 'await-switch':
        sample()
        nowMs += 1000 / step.samplesPerSecond
        break
      case 'wait':
        nowMs = step.untilMs
        break
      case 'attempt': {
        begun = true
        let isOver = false
        do {
          isOver = sample()
          nowMs += 1000 / SAMPLES_PER_SECOND
        } while (!isOver && nowMs < DEADLINE_MS)
        if (nowMs >= DEADLINE_MS)
          return { ended: 'limit-reached', atMs: nowMs, samples, attempts: step.number }
        attempts.push(machine.attempt())
        break
      }
      case 'end': {
        const ended = step.ended ?? 'limit-reached'
        const order = { ...task, check: { ...check, ended, beforeAttempts } }
        const evidence = { ...evidenceOf(order), attempts }
        const named = endByCause(ended, diagnose(evidence).cause) ?? ended
        return { ended: named, atMs: nowMs, samples, attempts: attempts.length }
      }
    }
  }
}

/** The first destination's share at each moment of one run. */
function startGateway(
  { from, truth }: Transition,
  lateness: Lateness,
  random: () => number,
): (ms: number) => number {
  const old = from / 100
  const next = truth / 100
  switch (lateness.kind) {
    case 'never':
      return () => old
    case 'late': {
      const switchMs = lateness.fromMs + random() * (lateness.toMs - lateness.fromMs)
      return (ms) => (ms < switchMs ? old : next)
    }
    case 'replicas':
      return (ms) => {
        if (ms < lateness.firstMs) return old
        return ms < lateness.secondMs ? (old + next) / 2 : next
      }
  }
}
