import { startLatency } from '../../evidence/probe/latency.ts'
import { type Probing, type Sample, startProbing } from '../../evidence/probe/prober.ts'
import type { ChangePoint } from '../../split/judge/change-point.ts'
import { spentShare } from '../../split/judge/error-spending.ts'
import { shareInterval } from '../../split/judge/interval.ts'
import {
  type Attempt as Judge,
  judgeAttempt,
  UNCLASSIFIED,
} from '../../split/judge/judge-attempt.ts'
import type { JudgeRules } from '../../split/judge/judge-rules.ts'
import { planConnections } from '../../split/plan/plan-connections.ts'
import type { Attempt } from '../model/check.ts'
import type { CheckTask } from './check-task.ts'
import { startEvidence } from './evidence.ts'
import { note, nothingLost } from './observed-replies.ts'

/** Which try, and what it shares with the others of its check. */
export type AttemptTask = {
  number: number
  place: Attempt['place']
  /** Milliseconds of `nowMs` when the write was answered, or the check began. */
  startMs: number
  change: ChangePoint | undefined
}

const PROGRESS_EVERY_MS = 500

/** Opens connections until the try is decided, has used up its connections, or the signal aborts. */
export function sampleAttempt(order: CheckTask, which: AttemptTask): Promise<Attempt> {
  const { nowMs, signal } = order
  const rules = judgeRules(order, which)
  const judge = judgeAttempt(rules)
  const limit = startLimit(order, rules, which)
  const tally = startTally(order, which, judge)
  return new Promise((resolve) => {
    // By the clock, not by draws: a gateway that answers nothing is worth a word too.
    const reporting = setInterval(
      () => order.emit({ kind: 'progress', check: order.check, now: tally.standing() }),
      PROGRESS_EVERY_MS,
    )
    let probing: Probing | undefined
    let over = false
    const finish = () => {
      probing?.stop()
      clearInterval(reporting)
      over = true
      signal.removeEventListener('abort', finish)
      resolve(tally.standing())
    }
    probing = startProbing({ ...order.gateway, nowMs, most: limit.most }, (sample) => {
      observeChange(which.change, sample)
      tally.count(sample)
      if (tally.decided() || limit.isUsedUp(judge.standing().samples)) finish()
    })
    if (over) probing.stop()
    else if (signal.aborted) finish()
    else signal.addEventListener('abort', finish)
  })
}

/** Dates the switch from the old weights to the new by draws that could be told. */
function observeChange(change: ChangePoint | undefined, sample: Sample): void {
  if (sample.classified.kind === 'destination')
    change?.observe(sample.classified.index, sample.launchedMs)
}

function startTally(order: CheckTask, { number, place, startMs }: AttemptTask, judge: Judge) {
  const beganMs = order.nowMs()
  const lost = nothingLost()
  const counts = order.check.names.map(() => 0)
  let unclassified = 0
  const evidence = startEvidence(() => ({
    atMs: order.nowMs() - beganMs,
    counts: [...counts],
    unclassified,
  }))
  const latencies = [...order.check.names, undefined].map(() => startLatency())
  let clientLimits = 0
  let decision: Attempt['decision']

  function count({ classified, tookMs }: Sample): void {
    if (classified.kind === 'client-limit') {
      clientLimits += 1
      return
    }
    if (classified.kind === 'unclassified') note(lost, classified)
    const index = classified.kind === 'destination' ? classified.index : undefined
    decision = judge.observe(index ?? UNCLASSIFIED)
    latencies[index ?? counts.length]?.observe(tookMs)
    if (index === undefined) unclassified += 1
    else counts[index] = (counts[index] ?? 0) + 1
    evidence.observe()
  }

  function standing(): Attempt {
    const { samples, dependent, closeness } = judge.standing()
    return {
      number,
      place,
      startedMs: beganMs - startMs,
      tookMs: order.nowMs() - beganMs,
      samples,
      unclassified,
      counts: [...counts],
      outcomes: { ...lost.outcomes },
      examples: { ...lost.examples },
      clientLimits,
      intervals: counts.map((hits) =>
        shareInterval(hits, samples - unclassified, order.alpha, order.check.plan.mean),
      ),
      closeness,
      evidence: evidence.points(),
      latencies: latencies.map((tally) => tally.latency()),
      dependent,
      decision,
    }
  }

  return { count, standing, decided: () => decision !== undefined }
}

/** The rules of one try: its own share of the error, and a guard where its draws may begin with the old weights. */
export function judgeRules(
  order: Pick<CheckTask, 'check' | 'alpha' | 'hypotheses'>,
  { number, place }: Pick<AttemptTask, 'number' | 'place'>,
): JudgeRules {
  const { check, alpha, hypotheses } = order
  const share = spentShare(number, place)
  const { old } = check
  return {
    target: check.target,
    tolerance: check.tolerance,
    ...(old === undefined ? {} : { old }),
    guardCrossing: place === 'early' && old !== undefined,
    alpha,
    beta: alpha * share,
    hypotheses,
    noReplyAlpha: (0.08 * alpha * share) / hypotheses,
    // Of all tries of a check only one begins after the old weights, so this is not divided among them.
    ...(place === 'early' ? {} : { unansweredAlpha: (0.02 * alpha) / hypotheses }),
  }
}

/**
 * How many connections a try may use, and whether it has. `auto` is what this very try, with its own
 * share of the error, needs in 99.9% of cases: never less than the check's first try, for which it was
 * computed with the plan, so it is computed only for a try that gets so far.
 */
export function startLimit(
  order: Pick<CheckTask, 'connections' | 'check'>,
  rules: JudgeRules,
  { number, place }: Pick<AttemptTask, 'number' | 'place'>,
): { most(): number; isUsedUp(samples: number): boolean } {
  const { connections, check } = order
  const planned = place === 'only' || (place === 'early' && number === 1 && check.old !== undefined)
  let limit = connections === 'auto' ? check.limit : connections
  let exact = connections !== 'auto' || planned
  return {
    most: () => limit,
    isUsedUp(samples) {
      if (samples < limit) return false
      if (!exact) limit = Math.max(limit, planConnections(rules).p999)
      exact = true
      return samples >= limit
    },
  }
}
