import { startLatency } from '../../evidence/probe/latency.ts'
import { type Draw, type Probing, startProbing } from '../../evidence/probe/prober.ts'
import type { ChangePoint } from '../../split/judge/change-point.ts'
import { shareInterval } from '../../split/judge/interval.ts'
import { type Try as Judge, judgeTry, UNCLASSIFIED } from '../../split/judge/judge-try.ts'
import { tryShare } from '../../split/judge/tries.ts'
import type { TryRules } from '../../split/judge/try-rules.ts'
import { planConnections } from '../../split/plan/plan-connections.ts'
import type { Try } from '../model/check.ts'
import { startEvidence } from './evidence.ts'
import { note, nothingLost } from './lost.ts'
import type { ProofOrder } from './proof-order.ts'

/** Which try, and what it shares with the others of its check. */
export type TryOrder = {
  number: number
  place: Try['place']
  /** Milliseconds of `nowMs` when the write was answered, or the check began. */
  startMs: number
  change: ChangePoint | undefined
}

const PROGRESS_EVERY_MS = 500

/** Opens connections until the try is decided, has used up its connections, or the signal aborts. */
export function sampleTry(order: ProofOrder, which: TryOrder): Promise<Try> {
  const { nowMs, signal } = order
  const rules = tryRules(order, which)
  const judge = judgeTry(rules)
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
    probing = startProbing({ ...order.gateway, nowMs, most: limit.most }, (draw) => {
      observeChange(which.change, draw)
      tally.count(draw)
      if (tally.decided() || limit.isUsedUp(judge.standing().draws)) finish()
    })
    if (over) probing.stop()
    else if (signal.aborted) finish()
    else signal.addEventListener('abort', finish)
  })
}

/** Dates the switch from the old weights to the new by draws that could be told. */
function observeChange(change: ChangePoint | undefined, draw: Draw): void {
  if (draw.classified.kind === 'destination')
    change?.observe(draw.classified.index, draw.launchedMs)
}

function startTally(order: ProofOrder, { number, place, startMs }: TryOrder, judge: Judge) {
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
  let decision: Try['decision']

  function count({ classified, tookMs }: Draw): void {
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

  function standing(): Try {
    const { draws, dependent, sureness } = judge.standing()
    return {
      number,
      place,
      startedMs: beganMs - startMs,
      tookMs: order.nowMs() - beganMs,
      draws,
      unclassified,
      counts: [...counts],
      met: { ...lost.met },
      examples: { ...lost.examples },
      clientLimits,
      intervals: counts.map((hits) =>
        shareInterval(hits, draws - unclassified, order.alpha, order.check.plan.mean),
      ),
      sureness,
      evidence: evidence.points(),
      latencies: latencies.map((tally) => tally.latency()),
      dependent,
      decision,
    }
  }

  return { count, standing, decided: () => decision !== undefined }
}

/** The rules of one try: its own share of the error, and a guard where its draws may begin with the old weights. */
export function tryRules(
  order: Pick<ProofOrder, 'check' | 'alpha' | 'promises'>,
  { number, place }: Pick<TryOrder, 'number' | 'place'>,
): TryRules {
  const { check, alpha, promises } = order
  const share = tryShare(number, place)
  const { old } = check
  return {
    target: check.target,
    tolerance: check.tolerance,
    ...(old === undefined ? {} : { old }),
    guardCrossing: place === 'early' && old !== undefined,
    alpha,
    beta: alpha * share,
    promises,
    noReplyAlpha: (0.08 * alpha * share) / promises,
    // Of all tries of a check only one begins after the old weights, so this is not divided among them.
    ...(place === 'early' ? {} : { silentAlpha: (0.02 * alpha) / promises }),
  }
}

/**
 * How many connections a try may use, and whether it has. `auto` is what this very try, with its own
 * share of the error, needs in 99.9% of cases: never less than the check's first try, for which it was
 * computed with the plan, so it is computed only for a try that gets so far.
 */
export function startLimit(
  order: Pick<ProofOrder, 'connections' | 'check'>,
  rules: TryRules,
  { number, place }: Pick<TryOrder, 'number' | 'place'>,
): { most(): number; isUsedUp(draws: number): boolean } {
  const { connections, check } = order
  const planned = place === 'only' || (place === 'early' && number === 1 && check.old !== undefined)
  let limit = connections === 'auto' ? check.limit : connections
  let exact = connections !== 'auto' || planned
  return {
    most: () => limit,
    isUsedUp(draws) {
      if (draws < limit) return false
      if (!exact) limit = Math.max(limit, planConnections(rules).p999)
      exact = true
      return draws >= limit
    },
  }
}
