import { meanOf, quantileOf } from '../../kit/bench/split/error-bars.ts'
import { seededRandom } from '../../kit/split/samples.ts'
import { type Detecting, detectRate } from './detectors.ts'
import { exactCourse } from './exact.ts'
import { HEALTH_SHARE, logFail } from './formulas.ts'
import { plannedChecks, runOnce, type World } from './whole-run.ts'

/** A version is good for a while, and then is not. */
export type Turn = { limit: number; rate: number; alpha: number; good: number }

export type Turned = Turn & {
  /** Mean samples of the version from the turn until the alarm; of a test that never starts over: exact. */
  plain: number
  /** The same of the watch: simulated. */
  watched: number
  /** Through the check machine of the tool. */
  machine: number
  watched90: number
}

/** Samples of the version a second, as in a watch by this tool's own samples. */
const PER_SECOND = 10
const CHECK_SECONDS = 60
/** The watch goes on for so long after the turn at least. */
const AFTER_SECONDS = 600

export function turnFor(turn: Turn, runs: number, seed: number): Turned {
  const { limit, rate, alpha, good } = turn
  const level = Math.log(1 / (HEALTH_SHARE * alpha))
  const fail = { log: logFail(limit), level }
  const plain = exactCourse({ fail }, { rate, good }).mean
  const random = seededRandom(seed)
  const all = Array.from({ length: runs }, () => samplesUntilAlarm(turn, random))
  return {
    ...turn,
    plain,
    watched: meanOf(all),
    watched90: quantileOf(all, 0.9),
    machine: turnInMachine(turn, runs, seed),
  }
}

function samplesUntilAlarm({ limit, rate, alpha, good }: Turn, random: () => number): number {
  const detector = detectRate(limit, CHECK_SECONDS + good / PER_SECOND + AFTER_SECONDS)
  for (let i = 1; i <= good; i++) step(detector, i, false)
  const level = 1 / (HEALTH_SHARE * alpha)
  for (let i = 1; ; i++) {
    step(detector, i, random() < rate)
    if (detector.value() >= level) return i
  }
}

function step(detector: Detecting, sample: number, isEvent: boolean): void {
  detector.sample(true, isEvent)
  if (sample % PER_SECOND === 0) detector.second()
}

/** Mean samples from the turn until the alarm, through the check machine of the tool. */
export function turnInMachine(
  { limit, rate, alpha, good }: Turn,
  runs: number,
  seed: number,
): number {
  const turnMs = (1000 * good) / PER_SECOND
  const world: World = {
    from: [1, 0],
    steps: [[0, 1]],
    errorRate: (_, ms) => (ms < turnMs ? 0 : rate),
    health: {
      questions: [{ kind: 'max-errors', limit }],
      spanMs: 0,
      gapMs: 0,
      watchSeconds: good / PER_SECOND + AFTER_SECONDS,
    },
    alpha,
    samplesPerSecond: PER_SECOND,
  }
  const random = seededRandom(seed)
  const checks = plannedChecks(world)
  const all = Array.from({ length: runs }, () => runOnce(world, checks, random))
  return meanOf(all.map(({ ms }) => ((ms - turnMs) * PER_SECOND) / 1000))
}

/** A destination of this share, watched by 10 samples a second of all destinations. */
export type Interval = { share: number; limit: number; alpha: number; seconds: number }

/** The least of these rates whose alarm comes within the interval in 90% of runs; undefined: not even the largest. */
export function rateThatShows(
  interval: Interval,
  rates: readonly number[],
  runs: number,
): number | undefined {
  return rates.find((rate) => alarmsWithin(interval, rate, runs) >= 0.9)
}

function alarmsWithin({ share, limit, alpha, seconds }: Interval, rate: number, runs: number) {
  const random = seededRandom(Math.round(rate * 1e5))
  const level = 1 / (HEALTH_SHARE * alpha)
  let alarms = 0
  for (let run = 0; run < runs; run++) {
    const detector = detectRate(limit, CHECK_SECONDS + seconds)
    // The check itself was good, and took a minute.
    for (let second = 0; second < CHECK_SECONDS; second++) detector.second()
    for (let second = 0; second < seconds && detector.value() < level; second++) {
      for (let i = 0; i < PER_SECOND; i++)
        if (random() < share) detector.sample(true, random() < rate)
      if (detector.value() >= level) alarms += 1
      else detector.second()
    }
  }
  return alarms / runs
}
