import type { Place } from '../judge/error-spending.ts'
import type { Decision, Judge, JudgeKind } from '../judge/judge.ts'
import type { Sample } from '../sample.ts'
import { attemptLimit } from './attempt-limit.ts'
import { type CheckRules, judgeRules } from './check-rules.ts'
import type { AttemptPlace } from './error-share.ts'

/** Where an attempt stands. */
export type AttemptState = {
  number: number
  place: Place
  part?: 'confirmed' | 'reserve'
  /** Samples so far, the unclassified ones included. */
  samples: number
  unclassified: number
  /** Samples by destination. */
  counts: readonly number[]
  decision: Decision | undefined
  /** 0 to 1: how far the evidence has come to the nearest decision; 1 when decided. */
  closeness: number
  dependent: boolean
}

/** One pass of sampling within a check: it passes when all judges pass, and fails when one does. */
export type Attempt = {
  /** Takes the next sample. Returns whether the attempt is over: decided, or at its limit. */
  observe(sample: Sample): boolean
  state(): AttemptState
  /** The most samples that it may take. Can grow. */
  most(): number
}

export function startAttempt(
  rules: CheckRules,
  which: AttemptPlace,
  kinds: readonly JudgeKind[],
): Attempt {
  const ownRules = judgeRules(rules, which)
  const judges = kinds.map(({ start }) => start(ownRules))
  const ofCounts = kinds.some(({ needs }) => needs.has('proxy'))
  const limit = attemptLimit(rules, ownRules, { ...which, ofCounts })
  const counts = rules.target.map(() => 0)
  let unclassified = 0
  let samples = 0
  let decision: Decision | undefined

  function count(sample: Sample): void {
    if (sample.kind === 'counts') {
      sample.counts.forEach((more, destination) => {
        counts[destination] = (counts[destination] ?? 0) + more
        samples += more
      })
      unclassified += sample.doubtful ?? 0
      samples += sample.doubtful ?? 0
      return
    }
    samples += 1
    const { destination } = sample
    if (destination === undefined) unclassified += 1
    else counts[destination] = (counts[destination] ?? 0) + 1
  }

  return {
    observe(sample) {
      count(sample)
      decision = decide(judges, sample)
      return decision !== undefined || (limit.isReached(samples) && !lacksOnlyBatches(judges))
    },
    state() {
      const states = judges.map((judge) => judge.state())
      return {
        ...which,
        samples,
        unclassified,
        counts: [...counts],
        decision,
        closeness: decision === undefined ? closenessOf(states) : 1,
        dependent: states.some(({ heldBackBy }) => heldBackBy === 'dependence'),
      }
    },
    most: limit.most,
  }
}

function decide(judges: readonly Judge[], sample: Sample): Decision | undefined {
  let passes = true
  // A loop without closures: this runs for every sample.
  for (let i = 0; i < judges.length; i++) {
    const decision = judges[i]?.observe(sample)
    if (decision === undefined) passes = false
    else if (decision !== 'pass') return decision
  }
  return passes ? 'pass' : undefined
}

/** Whether the samples are enough, and only have to come in more batches. */
function lacksOnlyBatches(judges: readonly Judge[]): boolean {
  return judges.some((judge) => judge.state().heldBackBy === 'batches')
}

/** All judges have to pass, so the decision is as near as that of the last one. */
function closenessOf(states: readonly { closeness: number }[]): number {
  return Math.min(...states.map(({ closeness }) => closeness))
}
