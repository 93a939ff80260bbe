import { HEALTH_PART, type HealthRules, isLimit } from '../health/health-rules.ts'
import { bandsOf } from '../judge/band.ts'
import type { Place } from '../judge/error-spending.ts'
import type { JudgeRules } from '../judge/judge-rules.ts'
import { offTargetAt, WATCH_PART } from '../judge/thresholds.ts'
import { type SplitWatch, splitWatch } from '../watch/split-watch.ts'
import { CHECK_SECONDS, startStakes } from '../watch/stakes.ts'
import { type AttemptPlace, alphaPart, errorShare } from './error-share.ts'

/** What a check tests, and with which errors. Shares sum to 1. Times are milliseconds of the caller's clock. */
export type CheckRules = {
  target: readonly number[]
  tolerance: readonly number[]
  /** Shares before the write; undefined where nothing was written or they are not known. */
  old: readonly number[] | undefined
  /** 1 - confidence of the run. */
  alpha: number
  /** Number of weights that the run tests, this one included; alpha is divided by it. */
  hypotheses: number
  /** The most samples of each attempt; `auto`: what an attempt needs in 99.9% of cases. */
  samples: number | 'auto'
  /** What `auto` is for the first attempt, which is known from the plan. */
  plannedLimit: number
  /** When the write was answered; undefined: nothing was written, so there is one attempt. */
  writtenMs: number | undefined
  propagationTimeoutMs: number
  /** Whether samples may go unanswered only because the gateway still serves the weights from before. */
  mayRecover: boolean
  /** Whether samples show by themselves which ones are of a former configuration. */
  showsPrevious?: boolean
  /** Whether proxies are read: no attempt begins until they have the new weights, or cannot show it. */
  readsProxies?: boolean
  /** What is asked of the health of destinations; undefined: errors cannot be seen, or do not count. */
  health?: CheckHealth | undefined
}

/** What a run says of its health tests; the rest of their rules is that of the check. */
export type CheckHealth = Omit<HealthRules, 'target' | 'alpha' | 'beta'>

/** The rules of the health tests of a check; undefined where it has none. */
export function healthRules({
  target,
  health,
  alpha,
  hypotheses,
}: CheckRules): HealthRules | undefined {
  return health && { ...health, target, alpha: (HEALTH_PART * alpha) / hypotheses, beta: alpha }
}

/** Whether there is a question about health, so that the split has a smaller part of alpha. */
function testsHealth({ health }: CheckRules): boolean {
  return health !== undefined && health.questions.length > 0
}

/** Whether samples follow that watch the split after its attempt has passed. */
function isWatched({ health }: CheckRules): boolean {
  return health !== undefined && (health.watchSeconds > 0 || health.questions.some(isLimit))
}

/** Part of what the split, and lost samples, may spend that is left to an attempt. The rest is for the watch. */
function watchedPart(rules: CheckRules): number {
  return isWatched(rules) ? 1 - WATCH_PART : 1
}

/** The watch of the split after an attempt has passed; undefined: none follows. */
export function splitWatchOf(rules: CheckRules): SplitWatch | undefined {
  const { target, tolerance, old, alpha, hypotheses, health } = rules
  if (health === undefined || !isWatched(rules)) return undefined
  const { writtenMs = Number.NEGATIVE_INFINITY, propagationTimeoutMs, mayRecover } = rules
  const goneMs = writtenMs + propagationTimeoutMs
  return splitWatch({
    bands: bandsOf(target, tolerance),
    old,
    offTargetAlpha:
      WATCH_PART * Math.exp(-offTargetAt({ alpha, hypotheses, testsHealth: testsHealth(rules) })),
    noReplyAlpha: (WATCH_PART * 0.08 * alpha) / hypotheses,
    silentAlpha: (WATCH_PART * 0.02 * alpha) / hypotheses,
    // Where samples of the previous weights show by themselves, none of them is counted.
    fromMs: rules.showsPrevious === true ? writtenMs : goneMs,
    lostFromMs: mayRecover ? goneMs : writtenMs,
    stakes: () => startStakes(CHECK_SECONDS + health.watchSeconds),
  })
}

/** Whether an attempt that begins now may still see the previous weights. */
export function placeAt(
  { writtenMs, propagationTimeoutMs }: Pick<CheckRules, 'writtenMs' | 'propagationTimeoutMs'>,
  nowMs: number,
): Place {
  if (writtenMs === undefined) return 'only'
  return nowMs - writtenMs < propagationTimeoutMs ? 'early' : 'last'
}

/** The rules of one attempt: its own share of the error, and a guard where its samples may begin with the previous weights. */
export function judgeRules(rules: CheckRules, which: AttemptPlace): JudgeRules {
  const { target, tolerance, old, alpha } = rules
  const { place } = which
  const share = errorShare(which)
  // Two attempts may end a check where one was for confirmed proxies, so they divide alpha like tests of two weights.
  const hypotheses = rules.hypotheses / alphaPart(which)
  return {
    target,
    tolerance,
    ...(old === undefined ? {} : { old }),
    // Where no sample of the previous weights is judged, none has to be guarded against.
    guardCrossing: place === 'early' && old !== undefined && rules.showsPrevious !== true,
    alpha,
    beta: alpha * share,
    hypotheses,
    testsHealth: testsHealth(rules),
    isWatched: isWatched(rules),
    noReplyAlpha: (watchedPart(rules) * 0.08 * alpha * share) / rules.hypotheses,
    // Only one attempt of a check begins after the previous weights, so this is not divided among attempts.
    ...(place === 'early'
      ? {}
      : { unansweredAlpha: (watchedPart(rules) * 0.02 * alpha) / hypotheses }),
  }
}
