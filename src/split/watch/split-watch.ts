import { type Band, SAME_SHARE } from '../judge/band.ts'
import { SUSPECTED, TOLERATED } from '../judge/no-reply.ts'
import type { OwnCounts, SingleSample } from '../sample.ts'
import { multiply, multiplyBy, rateDetector } from './rate-detector.ts'
import { silenceWatch } from './silence-watch.ts'
import type { Stakes } from './stakes.ts'

/** Parts of the way from a margin to 0 or 1 that are suspected, beside shares that are near the margin. */
const FAR = [0.5, 0.95]

/** Distances from a margin that are suspected, as parts of the tolerance. */
const NEAR = [1, 3]

/** Where a tolerance reaches to 0, this part of the target share is its margin: nothing lies below 0. */
const LEAST_PART = 0.5

/** Watches the split after it has been confirmed. */
export type SplitWatch = {
  /** Takes the next sample; undefined: of no known destination. Returns the alarm that it raises. */
  observe(destination: number | undefined, sample: WatchedSample): SplitAlarm | undefined
  /** Takes counts of samples, which all have a destination. */
  observeCounts(counts: readonly number[], fromMs: number): SplitAlarm | undefined
  /** Takes how connections of this run ended that are among the counts, or in no counter. */
  observeOwn(own: OwnCounts, fromMs: number): SplitAlarm | undefined
  /** Forgets all samples: another attempt has confirmed the split. */
  restart(): void
  /** The stakes are placed until then. */
  lastUntil(nowMs: number, untilMs: number): void
}

type WatchedSample = Pick<SingleSample, 'launchedMs' | 'clientLost'>

export type SplitAlarm = 'off-target' | 'no-reply'

type SplitWatchRules = {
  bands: readonly Band[]
  /** Shares before the write, where they are known. */
  old: readonly number[] | undefined
  /** The chances that alarms are false: that a share is off, that too many samples are lost. */
  offTargetAlpha: number
  noReplyAlpha: number
  /** That a small destination is silent. */
  silentAlpha: number
  /** Samples launched before then may be of the previous weights. What they show of shares does not count. */
  fromMs: number
  /** Lost samples count from then on: earlier than shares, unless the previous weights may have lost them. */
  lostFromMs: number
  /** What a test places, one for each of the two. */
  stakes: () => Stakes
}

/** A side of a band: shares beyond its margin are suspected, against the margin itself. */
type Side = {
  destination: number
  /** The likelihood ratios of a sample of the destination, of another one, and of one that may be of either. */
  hit: Float64Array
  miss: Float64Array
  lost: Float64Array
  values: Float64Array
}

/**
 * Once a check has confirmed that each share is within its tolerance, the watch asks whether one no longer is. The test of
 * the attempt would not do: its question is whether the shares are exactly the target, so over thousands of samples it
 * refutes each share that is good enough. So the likelihood ratios here are those of shares beyond a margin against the
 * margin. While all shares are within their tolerance (and at least half of the target where that reaches to 0), their mean,
 * with the stakes that are not placed yet, is a supermartingale that starts at 1. A sample of no known destination counts as
 * what serves the split best.
 */
export function splitWatch(rules: SplitWatchRules): SplitWatch {
  const sides = rules.bands.flatMap((band, destination) => sidesOf(band, destination, rules.old))
  const terms = sides.reduce((sum, { values }) => sum + values.length, 0)
  const offTargetAt = 1 / rules.offTargetAlpha
  const noReplyAt = 1 / rules.noReplyAlpha
  const silentAt = 1 / rules.silentAlpha
  const stakes = rules.stakes()
  const lostStakes = rules.stakes()
  const target = rules.bands.map(({ share }) => share)
  let unanswered = rateDetector(TOLERATED, SUSPECTED)
  let silence = silenceWatch(target)

  function place(stake: number): void {
    silence.place(stake)
    for (const { values } of sides)
      for (let i = 0; i < values.length; i++) values[i] = (values[i] ?? 0) + stake / terms
  }

  function offTarget(destination: number | undefined): number {
    let sum = 0
    for (let s = 0; s < sides.length; s++) {
      const side = sides[s]
      if (side === undefined) continue
      const { hit, miss, lost, values } = side
      const factors = destination === side.destination ? hit : miss
      sum += multiply(values, destination === undefined ? lost : factors)
    }
    return sum
  }

  function losesTooMany(
    destination: number | undefined,
    { launchedMs, clientLost }: WatchedSample,
  ): boolean {
    if (launchedMs < rules.lostFromMs || clientLost) return false
    const stake = lostStakes.due(launchedMs)
    if (stake > 0) unanswered.place(stake)
    unanswered.observe(destination === undefined)
    return unanswered.value() >= noReplyAt
  }

  function alarmOfShares(
    destination: number | undefined,
    { launchedMs, clientLost }: WatchedSample,
  ) {
    if (launchedMs < rules.fromMs) return undefined
    const stake = stakes.due(launchedMs)
    if (stake > 0) place(stake)
    if (!clientLost) silence.observe(destination)
    if (offTarget(destination) >= offTargetAt) return 'off-target'
    return silence.value() >= silentAt ? 'no-reply' : undefined
  }

  function observeOwn({ answered, unanswered: lost }: OwnCounts, fromMs: number) {
    if (fromMs < rules.lostFromMs) return undefined
    const stake = lostStakes.due(fromMs)
    if (stake > 0) unanswered.place(stake)
    unanswered.observeMany(lost, answered)
    return unanswered.value() >= noReplyAt ? 'no-reply' : undefined
  }

  return {
    observeOwn,
    observe(destination, sample) {
      const loses = losesTooMany(destination, sample)
      return alarmOfShares(destination, sample) ?? (loses ? 'no-reply' : undefined)
    },
    observeCounts(counts, fromMs) {
      if (fromMs < rules.fromMs) return undefined
      const stake = stakes.due(fromMs)
      if (stake > 0) place(stake)
      const samples = counts.reduce((sum, count) => sum + count, 0)
      let sum = 0
      for (const { destination, hit, miss, values } of sides) {
        const hits = counts[destination] ?? 0
        const missed = { factors: miss, times: samples - hits }
        sum += multiplyBy(values, { factors: hit, times: hits }, missed)
      }
      return sum >= offTargetAt ? 'off-target' : undefined
    },
    restart() {
      for (const { values } of sides) values.fill(0)
      unanswered = rateDetector(TOLERATED, SUSPECTED)
      silence = silenceWatch(target)
      stakes.restart()
      lostStakes.restart()
    },
    lastUntil(nowMs, untilMs) {
      stakes.lastUntil(nowMs, untilMs)
      lostStakes.lastUntil(nowMs, untilMs)
    },
  }
}

function sidesOf(band: Band, destination: number, old: readonly number[] | undefined): Side[] {
  const { share, low, high } = band
  const before = old?.[destination]
  const floor = low > 0 ? low : share * LEAST_PART
  const below = [
    ...NEAR.map((times) => floor - times * (share - floor)),
    ...FAR.map((part) => floor * (1 - part)),
    ...(before === undefined ? [] : [before]),
  ].filter((suspected) => suspected > SAME_SHARE && suspected < floor - SAME_SHARE)
  const above = [
    ...NEAR.map((times) => high + times * (high - share)),
    ...FAR.map((part) => high + part * (1 - high)),
    ...(before === undefined ? [] : [before]),
  ].filter((suspected) => suspected > high + SAME_SHARE && suspected < 1 - SAME_SHARE)
  return [sideOf(destination, floor, below), sideOf(destination, high, above)].filter(
    ({ values }) => values.length > 0,
  )
}

function sideOf(destination: number, margin: number, suspected: readonly number[]): Side {
  const hit = Float64Array.from(suspected, (share) => share / margin)
  const miss = Float64Array.from(suspected, (share) => (1 - share) / (1 - margin))
  return {
    destination,
    hit,
    miss,
    lost: hit.map((factor, i) => Math.min(factor, miss[i] ?? factor)),
    values: new Float64Array(suspected.length),
  }
}
