import type { Health } from '../health/health.ts'
import { startHealth } from '../health/health-monitor.ts'
import { locateChange } from '../judge/change-point.ts'
import { pauseBeforeAttemptMs, SAMPLES_PER_SECOND_BEFORE_SWITCH } from '../judge/error-spending.ts'
import type { JudgeKind } from '../judge/judge.ts'
import { UNCLASSIFIED } from '../judge/judge-attempt.ts'
import { switchDetector } from '../judge/switch-detector.ts'
import { JUDGES } from '../judges.ts'
import type { Sample } from '../sample.ts'
import { type Attempt, type AttemptState, startAttempt } from './attempt.ts'
import { type CheckEnd, endAfter } from './check-end.ts'
import { type AttemptPlace, type CheckRules, healthRules, placeAt } from './check-rules.ts'
import { previousDetector } from './previous-detector.ts'

/** What to do next. */
export type Step =
  /** Take samples, at most so many a second, until then. A sample may change the time. */
  | { kind: 'await-switch'; untilMs: number; samplesPerSecond: number }
  | { kind: 'wait'; untilMs: number }
  /** Take samples until `observe` says that the attempt is over. */
  | ({ kind: 'attempt' } & AttemptPlace)
  /**
   * The split is confirmed, and limits are not decided: take samples, at most so many a second (undefined: as many as the source
   * can), until `observe` says that it is over.
   */
  | { kind: 'settle'; samplesPerSecond: number | undefined }
  /** Take samples until then, or until `observe` says that there is an alarm. This many a second are enough. */
  | { kind: 'watch'; untilMs: number; samplesPerSecond: number }
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
  /** After `next` returned the end `pass`: the weights are watched until then, with an end of its own. */
  watch(nowMs: number, untilMs: number): void
  /** What the samples since the write show of the health of destinations; undefined where it is not tested. */
  health(): Health | undefined
}

export function checkMachine(
  rules: CheckRules,
  judges: readonly JudgeKind[] = JUDGES,
): CheckMachine {
  const switching = startSwitching(rules)
  const tested = healthRules(rules)
  const health = tested && startHealth(tested)
  let phase: 'await-switch' | 'attempt' | 'between' | 'ended' =
    rules.writtenMs === undefined ? 'between' : 'await-switch'
  let number = 0
  let attempt: Attempt | undefined
  let step: Step | undefined
  let resumesMs: number | undefined
  let ended: CheckEnd | undefined

  function begin(nowMs: number): Step {
    number += 1
    const which = { number, place: placeAt(rules, nowMs) }
    attempt = startAttempt(rules, which, judges)
    health?.beginAttempt()
    phase = 'attempt'
    step = { kind: 'attempt', ...which }
    return step
  }

  function endAttempt({ stopped = false, superseded = false, worse = false }): void {
    if (attempt === undefined) return
    const shown = worse ? 'worse' : (health?.successes() ?? 'all')
    const end = { ...attempt.state(), stopped, superseded, health: shown } as const
    ended = endAfter(end, rules.mayRecover)
    phase = ended === undefined && !stopped ? 'between' : 'ended'
    // Samples show when the next attempt can begin.
    if (phase === 'between' && superseded) phase = 'await-switch'
    resumesMs = undefined
  }

  function isWorse(sample: Sample): boolean {
    return health !== undefined && !isOfFormer(sample) && health.observe(sample)
  }

  return {
    next(nowMs) {
      if (phase === 'ended') return { kind: 'end', ended }
      if (phase === 'attempt' && step !== undefined) return step
      if (phase === 'await-switch') {
        const untilMs = switching.endsMs()
        const { samplesPerSecond } = switching
        if (nowMs < untilMs) return { kind: 'await-switch', untilMs, samplesPerSecond }
        return begin(nowMs)
      }
      if (number > 0) {
        resumesMs ??= nowMs + pauseBeforeAttemptMs(number + 1)
        if (nowMs < resumesMs) return { kind: 'wait', untilMs: resumesMs }
      }
      return begin(nowMs)
    },
    observe(sample) {
      if (phase === 'await-switch') {
        if (sample.kind === 'counts') return false
        if (isWorse(sample)) {
          ended = 'unhealthy'
          phase = 'ended'
          return true
        }
        const before = switching.endsMs()
        switching.observe(sample)
        return switching.endsMs() !== before
      }
      if (phase !== 'attempt' || attempt === undefined) return true
      switching.note(sample)
      const superseded = isOfFormer(sample)
      const isDecided = !superseded && attempt.observe(sample)
      const worse = isWorse(sample)
      const isOver = superseded || isDecided || worse
      if (isOver) endAttempt({ superseded, worse })
      return isOver
    },
    stop() {
      if (phase === 'attempt') endAttempt({ stopped: true })
      phase = 'ended'
    },
    attempt() {
      if (attempt === undefined) throw new Error('no attempt has begun')
      return attempt.state()
    },
    most: () => attempt?.most() ?? 0,
    switchedMs: switching.switchedMs,
    watch() {},
    health: () => health?.health(),
  }
}

function isOfFormer(sample: Sample): boolean {
  return sample.kind === 'single' && sample.previous === true
}

/** When the gateway switches from the previous weights to the new ones. */
type Switching = {
  /** A sample before an attempt. */
  observe(sample: Sample & { kind: 'single' }): void
  /** A sample of an attempt. */
  note(sample: Sample): void
  endsMs(): number
  /** How many samples a second show it. */
  samplesPerSecond: number
  switchedMs(): number | undefined
}

function startSwitching(rules: CheckRules): Switching {
  const { target, old, writtenMs = 0, propagationTimeoutMs } = rules
  if (rules.showsPrevious === true) {
    const detector = previousDetector(writtenMs, writtenMs + propagationTimeoutMs)
    return {
      ...detector,
      note: detector.observe,
      samplesPerSecond: SAMPLES_PER_SECOND_BEFORE_SWITCH,
    }
  }
  const isWritten = rules.writtenMs !== undefined
  const change = isWritten && old !== undefined ? locateChange(old, target) : undefined
  const detector = switchDetector(change, writtenMs, propagationTimeoutMs)
  return {
    observe: ({ destination, launchedMs }) =>
      detector.observe(destination ?? UNCLASSIFIED, launchedMs),
    note(sample) {
      if (sample.kind === 'single' && sample.destination !== undefined)
        change?.observe(sample.destination, sample.launchedMs)
    },
    endsMs: detector.endsMs,
    samplesPerSecond: change === undefined ? 0 : SAMPLES_PER_SECOND_BEFORE_SWITCH,
    switchedMs: () => (change?.hasSeenOld() ? change.estimateMs() : undefined),
  }
}
