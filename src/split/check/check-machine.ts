import type { Health } from '../health/health.ts'
import { startHealth } from '../health/health-monitor.ts'
import { pauseBeforeAttemptMs } from '../judge/error-spending.ts'
import type { JudgeKind } from '../judge/judge.ts'
import { JUDGES } from '../judges.ts'
import type { Sample } from '../sample.ts'
import { type Attempt, type AttemptState, startAttempt } from './attempt.ts'
import { type CheckEnd, endAfter, endOfSettle } from './check-end.ts'
import { type CheckRules, healthRules, placeAt, splitWatchOf } from './check-rules.ts'
import { errorShare } from './error-share.ts'
import { alarmOf, beganMs, isOfFormer, samplesOf } from './of-sample.ts'
import { type ProxiesKnown, startProxyWait } from './proxy-wait.ts'
import { type SettleLimit, settleLimit } from './settle-limit.ts'
import type { Step } from './step.ts'
import { startSwitching } from './switching.ts'

/**
 * Samples and judges until a check is decided, without any input or output: the caller makes the connections, real or
 * simulated, and keeps the clock.
 */
export type CheckMachine = {
  /** What to do at this moment. Repeated calls without a sample or a change of time return the same. */
  next(nowMs: number): Step
  /** Takes a sample, in the order of launch. Returns whether `next` has to be called before another one. */
  observe(sample: Sample): boolean
  /** What the proxies that hold the rule are known to have. Only with `readsProxies`; `next` has to be called after it. */
  proxies(known: ProxiesKnown): void
  /** After a step `read-proxies`: whether they are the same as before the attempt, and made all of its draws. */
  proxiesAgain(areSame: boolean): void
  /** The check has to end now. */
  stop(): void
  /** The latest attempt. Only after `next` returned one. */
  attempt(): AttemptState
  /** The most samples that the latest attempt may take, or the settling after it. */
  most(): number
  /** When the gateway switched to the new weights, as far as samples of the old ones show that it did. */
  switchedMs(): number | undefined
  /** After `next` returned the end `pass`: the weights are watched until then, with an end of its own. */
  watch(nowMs: number, untilMs: number): void
  /** What the samples since the write show of the health of destinations; undefined where it is not tested. */
  health(): Health | undefined
}

/** They show a fault in minutes, and are no load. */
const SAMPLES_PER_SECOND_OF_WATCH = 10

export function checkMachine(
  rules: CheckRules,
  judges: readonly JudgeKind[] = JUDGES,
): CheckMachine {
  const switching = startSwitching(rules)
  const tested = healthRules(rules)
  const health = tested && startHealth(tested)
  const split = splitWatchOf(rules)
  const proxyWait = startProxyWait(rules, judges)
  let phase: 'await-switch' | 'attempt' | 'recheck' | 'settle' | 'between' | 'watch' | 'ended' =
    rules.writtenMs === undefined ? 'between' : 'await-switch'
  let number = 0
  let attempt: Attempt | undefined
  let step: Step | undefined
  let settle: SettleLimit | undefined
  let resumesMs: number | undefined
  let ended: CheckEnd | undefined

  function begin(nowMs: number): Step {
    const which = proxyWait.placeOf(number + 1, nowMs)
    if (which === undefined) return end(undefined) && { kind: 'end', ended }
    number += 1
    attempt = startAttempt(rules, which, judges)
    settle = undefined
    health?.beginAttempt(errorShare(which))
    phase = 'attempt'
    step = { kind: 'attempt', ...which }
    return step
  }

  /** What to do before an attempt while proxies decide when it begins; undefined: they do not. */
  function stepOfProxies(nowMs: number): Step | undefined {
    if (phase !== 'await-switch' && phase !== 'between') return undefined
    const first = proxyWait.next(nowMs, phase === 'await-switch')
    if (first === 'stale') end('not-propagated')
    else return first === 'begin' ? begin(nowMs) : first
    return { kind: 'end', ended }
  }

  function end(how: CheckEnd | undefined): true {
    ended = how
    phase = 'ended'
    return true
  }

  function endAttempt({ stopped = false, superseded = false, failed = false }): void {
    if (attempt === undefined) return
    const state = attempt.state()
    const isConfirmed = state.decision === 'pass' && !superseded && !failed
    if (isConfirmed && state.part === 'confirmed' && phase !== 'recheck') {
      phase = 'recheck'
      step = { kind: 'read-proxies' }
      return
    }
    if (superseded && state.part === 'confirmed') return void goOnGuarded()
    if (isConfirmed && health?.passesLimits() === false) {
      settle = settleLimit(rules, state, health)
      const { samplesPerSecond } = settle
      split?.restart()
      phase = 'settle'
      step = { kind: 'settle', samplesPerSecond }
      return
    }
    const shown = failed ? 'failed' : (health?.successes() ?? 'all')
    ended = endAfter({ ...state, stopped, superseded, health: shown }, rules.mayRecover)
    if (ended === undefined && !stopped) goOn(superseded)
    else phase = 'ended'
  }

  /** Another attempt follows. Samples show when it can begin, if they show that this one came too early. */
  function goOn(superseded: boolean): true {
    phase = superseded ? 'await-switch' : 'between'
    resumesMs = undefined
    return true
  }

  /** Somebody else than the proxies that were read made draws, or may have. */
  function goOnGuarded(): void {
    proxyWait.end()
    goOn(rules.showsPrevious === true)
  }

  function failsHealth(sample: Sample): boolean {
    return health !== undefined && !isOfFormer(sample) && health.observe(sample)
  }

  function observeAttempt(sample: Sample, current: Attempt): boolean {
    switching.note(sample)
    const superseded = isOfFormer(sample)
    const isDecided = !superseded && current.observe(sample)
    const failed = failsHealth(sample)
    const isOver = superseded || isDecided || failed
    if (isOver) endAttempt({ superseded, failed })
    return isOver
  }

  /** Takes a sample after the split was confirmed. Returns whether it is over. */
  function observeConfirmed(sample: Sample): boolean {
    const place = placeAt(rules, beganMs(sample))
    if (isOfFormer(sample))
      return phase === 'settle' && place === 'early' ? goOn(true) : end('not-propagated')
    if (failsHealth(sample)) return end('unhealthy')
    const alarm = split && alarmOf(split, sample)
    if (alarm !== undefined) return end(alarm)
    if (phase === 'watch' || settle === undefined || health === undefined) return false
    settle.count(samplesOf(sample))
    const passes = health.passesLimits()
    if (!passes && !settle.isReached()) return false
    const how = endOfSettle(passes, health.successes(), place)
    return how === undefined ? goOn(false) : end(how)
  }

  return {
    next(nowMs) {
      if (phase === 'watch' && step?.kind === 'watch' && nowMs >= step.untilMs) end('pass')
      if (phase === 'ended') return { kind: 'end', ended }
      const first = stepOfProxies(nowMs)
      if (first !== undefined) return first
      if (phase === 'await-switch') {
        const untilMs = switching.endsMs()
        const { samplesPerSecond } = switching
        if (nowMs < untilMs) return { kind: 'await-switch', untilMs, samplesPerSecond }
        return begin(nowMs)
      }
      if (phase !== 'between' && step !== undefined) return step
      if (number > 0) {
        resumesMs ??= nowMs + pauseBeforeAttemptMs(number + 1)
        if (nowMs < resumesMs) return { kind: 'wait', untilMs: resumesMs }
      }
      return begin(nowMs)
    },
    observe(sample) {
      if (phase === 'await-switch') {
        if (sample.kind === 'counts') return false
        if (failsHealth(sample)) return end('unhealthy')
        const before = switching.endsMs()
        switching.observe(sample)
        return switching.endsMs() !== before
      }
      if (phase === 'settle' || phase === 'watch') return observeConfirmed(sample)
      if (phase !== 'attempt' || attempt === undefined) return true
      return observeAttempt(sample, attempt)
    },
    proxies(known) {
      // An attempt that began has its part of the error by what was known then.
      if (number === 0) proxyWait.note(known)
    },
    proxiesAgain(areSame) {
      if (phase === 'recheck' && areSame) endAttempt({})
      else if (phase === 'recheck') goOnGuarded()
    },
    stop() {
      if (phase === 'attempt') endAttempt({ stopped: true })
      phase = 'ended'
    },
    watch(nowMs, untilMs) {
      if (phase !== 'ended' || ended !== 'pass') throw new Error('only what has passed is watched')
      if (settle === undefined) split?.restart()
      split?.lastUntil(nowMs, untilMs)
      health?.watch(nowMs, untilMs)
      ended = undefined
      phase = 'watch'
      step = { kind: 'watch', untilMs, samplesPerSecond: SAMPLES_PER_SECOND_OF_WATCH }
    },
    attempt() {
      if (attempt === undefined) throw new Error('no attempt has begun')
      return attempt.state()
    },
    most: () => settle?.most() ?? attempt?.most() ?? 0,
    switchedMs: switching.switchedMs,
    health: () => health?.health(),
  }
}
