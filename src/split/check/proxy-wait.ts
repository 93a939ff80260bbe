import type { JudgeKind } from '../judge/judge.ts'
import { type CheckRules, placeAt } from './check-rules.ts'
import type { AttemptPlace } from './error-share.ts'
import type { Step } from './step.ts'

/** What is known of the proxies that hold a rule. */
export type ProxiesKnown =
  /** At least one does not have the new weights yet, and all can be read. */
  | { kind: 'waiting' }
  /** All have them. What is launched from then on follows them. */
  | { kind: 'confirmed'; fromMs: number }
  /** Not all can be read, so attempts guard against proxies that are behind. */
  | { kind: 'guarded' }
  /** At least one did not take the new weights in time. */
  | { kind: 'stale' }

/** Enough to see errors, and when the gateway switches if its proxies cannot be read after all. */
const SAMPLES_PER_SECOND = 100

/** The wait for proxies before the first attempt of a check, and what they change about attempts. */
export type ProxyWait = {
  note(known: ProxiesKnown): void
  /** What to do before an attempt; undefined: proxies do not decide it. */
  next(nowMs: number, isSampling: boolean): Step | 'begin' | 'stale' | undefined
  /** Undefined: no attempt can count any more. */
  placeOf(number: number, nowMs: number): AttemptPlace | undefined
  /** What the proxies have no longer shows which weights draws follow. */
  end(): void
}

export function startProxyWait(rules: CheckRules, judges: readonly JudgeKind[]): ProxyWait {
  // What proxies count shows nothing of others that hold the rule, whatever an attempt guards against.
  const needsConfirmed =
    rules.readsProxies === true && judges.some(({ needs }) => needs.has('proxy'))
  let known: ProxiesKnown = { kind: rules.readsProxies === true ? 'waiting' : 'guarded' }
  /** Whether an attempt has begun that most of the error was for. */
  let isSpent = false
  return {
    note(next) {
      known = next
    },
    next(nowMs, isSampling) {
      if (known.kind === 'guarded' || isSpent) return undefined
      if (known.kind === 'stale') return 'stale'
      if (known.kind === 'confirmed')
        return nowMs < known.fromMs ? { kind: 'wait', untilMs: known.fromMs } : 'begin'
      const samplesPerSecond = isSampling ? SAMPLES_PER_SECOND : 0
      return { kind: 'await-switch', untilMs: Number.POSITIVE_INFINITY, samplesPerSecond }
    },
    placeOf(number, nowMs) {
      const place = placeAt(rules, nowMs)
      if (needsConfirmed && (isSpent || known.kind !== 'confirmed')) return undefined
      if (isSpent) return { number, place, part: 'reserve' }
      if (known.kind !== 'confirmed') return { number, place }
      isSpent = true
      return { number, place: 'only', part: 'confirmed' }
    },
    end() {
      known = { kind: 'guarded' }
    },
  }
}
