import { locateChange } from '../judge/change-point.ts'
import { pauseBeforeAttemptMs, SAMPLES_PER_SECOND_BEFORE_SWITCH } from '../judge/error-spending.ts'
import type { JudgeKind } from '../judge/judge.ts'
import { UNCLASSIFIED } from '../judge/judge-attempt.ts'
import { switchDetector } from '../judge/switch-detector.ts'
import { JUDGES } from '../judges.ts'
import type { Sample } from '../sample.ts'
import { type Attempt, type AttemptState, startAttempt } from './attempt.ts'
import { type CheckEnd, endAfter } from './check-end.ts'
import { type AttemptPlace, type CheckRules, placeAt } from './check-rules.ts'

/** What to do next. */
export type Step =
  /** Take samples, at most so many a second, until then. A sample may change the time. */
  | { kind: 'await-switch'; untilMs: number; samplesPerSecond: number }
  | { kind: 'wait'; untilMs: number }
  /** Take samples until `observe` says that the attempt is over. */
  | ({ kind: 'attempt' } & AttemptPlace)
  /** Undefined: it was cut short. */
  | { kind: 'end'; ended: CheckEnd | undefined }

/**
 * Samples and judges until a check is decided, without any input or output: the caller makes the connections, real or
 * simulated, and keeps the clock.
 */
export type CheckMachine = {
  /** What to do at this moment. Repeated calls without a sample or a change of time return the same. */
  next(nowMs: number): Step
  /** Takes a sample, in the order of launch. Returns whether `next` has to be called before another one. */
  observe(sample: Sample): boolean
  /** The check has to end now. */
  stop(): void
  /** The latest attempt. Only after `next` returned one. */
  attempt(): AttemptState
  /** The most samples that the latest attempt may take. */
  most(): number
  /** When the gateway switched to the new weights, as far as samples of the old ones show that it did. */
  switchedMs(): number | undefined
}

export function checkMachine(
  rules: CheckRules,
  judges: readonly JudgeKind[] = JUDGES,
): CheckMachine {
  const { target, old, writtenMs, propagationTimeoutMs } = rules
  const change =
    writtenMs !== undefined && old !== undefined ? locateChange(old, target) : undefined
  const detector =
    writtenMs === undefined ? undefined : switchDetector(change, writtenMs, propagationTimeoutMs)
  let phase: 'await-switch' | 'attempt' | 'between' | 'ended' =
    detector === undefined ? 'between' : 'await-switch'
  let number = 0
  let attempt: Attempt | undefined
  let step: Step | undefined
  let resumesMs: number | undefined
  let ended: CheckEnd | undefined

  function begin(nowMs: number): Step {
    number += 1
    const which = { number, place: placeAt(rules, nowMs) }
    attempt = startAttempt(rules, which, judges)
    phase = 'attempt'
    step = { kind: 'attempt', ...which }
    return step
  }

  function endAttempt(stopped: boolean): void {
    if (attempt === undefined) return
    ended = endAfter({ ...attempt.state(), stopped }, rules.mayRecover)
    phase = ended === undefined && !stopped ? 'between' : 'ended'
    resumesMs = undefined
  }

  return {
    next(nowMs) {
      if (phase === 'ended') return { kind: 'end', ended }
      if (phase === 'attempt' && step !== undefined) return step
      if (phase === 'await-switch' && detector !== undefined) {
        const untilMs = detector.endsMs()
        const samplesPerSecond = change === undefined ? 0 : SAMPLES_PER_SECOND_BEFORE_SWITCH
        if (nowMs < untilMs) return { kind: 'await-switch', untilMs, samplesPerSecond }
      }
      if (number > 0) {
        resumesMs ??= nowMs + pauseBeforeAttemptMs(number + 1)
        if (nowMs < resumesMs) return { kind: 'wait', untilMs: resumesMs }
      }
      return begin(nowMs)
    },
    observe(sample) {
      if (phase === 'await-switch' && detector !== undefined) {
        if (sample.kind === 'counts') return false
        const before = detector.endsMs()
        detector.observe(sample.destination ?? UNCLASSIFIED, sample.launchedMs)
        return detector.endsMs() !== before
      }
      if (phase !== 'attempt' || attempt === undefined) return true
      if (sample.kind === 'single' && sample.destination !== undefined)
        change?.observe(sample.destination, sample.launchedMs)
      const isOver = attempt.observe(sample)
      if (isOver) endAttempt(false)
      return isOver
    },
    stop() {
      if (phase === 'attempt') endAttempt(true)
      phase = 'ended'
    },
    attempt() {
      if (attempt === undefined) throw new Error('no attempt has begun')
      return attempt.state()
    },
    most: () => attempt?.most() ?? 0,
    switchedMs: () => (change?.hasSeenOld() ? change.estimateMs() : undefined),
  }
}
