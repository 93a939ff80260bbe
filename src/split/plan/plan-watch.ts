import { aboveRate } from '../health/above-rate.ts'
import { comparison } from '../health/compare.ts'
import { HARMLESS_RATE } from '../health/compare-detector.ts'
import type { HealthQuestion } from '../health/health-rules.ts'
import { afterSamples, type EventChances } from '../numeric/binomial-steps.ts'
import { CHECK_SECONDS } from '../watch/stakes.ts'

/** With this chance an alarm comes within the interval. */
const POWER = 0.9

/** Seconds after a change whose stakes raise the alarm, about. */
const STAKED_SECONDS = 10

/** More samples show no rate that is not close to the limit anyway, and take long to compute. */
const MOST_SAMPLES = 10_000

const HALVINGS = 12

/** What is watched, and for how long. */
export type PlannedWatch = {
  /** As `HealthRules` has it: the chance of a false alarm of all tests. */
  alpha: number
  /** Tests whose mean raises the alarm: questions, each for each growing destination. */
  tests: number
  watchSeconds: number
  /** Target share of the destination. */
  share: number
  /** Samples a second, of all destinations. */
  samplesPerSecond: number
}

/** Samples of the destination within the interval, and the least rate of events that they show with a chance of 90%. */
export type Shown = { samples: number; rate: number | undefined }

/**
 * The rate of events, above the limit or beside others without one, whose alarm comes within an interval, if
 * the rate rises at its start. Undefined: no rate is shown. The stakes of the first seconds after the change raise the alarm; that
 * others help is left out, so the true rate is a little lower.
 */
export function shownRate(question: HealthQuestion, watch: PlannedWatch): Shown {
  const { alpha, tests, watchSeconds, share, samplesPerSecond } = watch
  const samples = Math.floor(watchSeconds * samplesPerSecond * share)
  const stake = Math.min(0.5, (0.5 * STAKED_SECONDS) / (CHECK_SECONDS + watchSeconds))
  const level = Math.log(tests / (alpha * stake))
  const most = Math.min(samples, MOST_SAMPLES)
  const raisesAlarm = alarmOf(question, level, share)
  const lasts = lastSamples(raisesAlarm, most)
  const limit = question.kind === 'compare' ? HARMLESS_RATE : question.limit
  if (alarmChance(lasts, 1, most) < POWER) return { samples, rate: undefined }
  let [low, high] = [Math.log(limit), 0]
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2
    if (alarmChance(lasts, Math.exp(middle), most) >= POWER) high = middle
    else low = middle
  }
  return { samples, rate: Math.exp(high) }
}

/** Whether so many events among so many samples of the destination raise the alarm. */
type RaisesAlarm = (samples: number, events: number) => boolean

function alarmOf(question: HealthQuestion, level: number, share: number): RaisesAlarm {
  if (question.kind !== 'compare') {
    const logEvidence = aboveRate(question.limit)
    return (samples, events) => logEvidence(events, samples - events) >= level
  }
  if (share >= 1) return () => false
  const logEvidence = comparison(share)
  const isHarmful = aboveRate(HARMLESS_RATE)
  // The others are as many as their share, and have no errors.
  return (samples, events) =>
    isHarmful(events, samples - events) >= level &&
    logEvidence(samples - events, events, (samples * (1 - share)) / share, 0) >= level
}

/** For each number of events, up to how many samples they raise the alarm; until `most` or more. */
function lastSamples(raisesAlarm: RaisesAlarm, most: number): number[] {
  const lasts: number[] = []
  for (let events = 0; events <= most; events++) {
    let last = lasts.at(-1) ?? -1
    if (raisesAlarm(Math.max(events, last + 1), events)) {
      let step = 1
      last = Math.max(events, last + 1)
      while (raisesAlarm(last + step, events) && last < most) {
        last += step
        step *= 2
      }
      for (; step >= 1; step = Math.floor(step / 2))
        if (raisesAlarm(last + step, events)) last += step
    }
    lasts.push(last)
    if (last >= most) break
  }
  return lasts
}

/** The chance that a rate raises the alarm within so many samples. */
function alarmChance(lasts: readonly number[], rate: number, most: number): number {
  let quiet: EventChances = { first: 0, chances: [1] }
  let samples = 0
  for (let events = 0; events < lasts.length && samples < most; events++) {
    const last = Math.min(most, lasts[events] ?? 0)
    if (last <= samples) continue
    // Up to there, so many events raise the alarm.
    quiet = afterSamples(quiet, last - samples, rate)
    quiet = { ...quiet, chances: quiet.chances.slice(0, Math.max(0, events - quiet.first)) }
    samples = last
  }
  return 1 - quiet.chances.reduce((sum, chance) => sum + chance, 0)
}
