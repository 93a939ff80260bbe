import { describe, expect, test } from 'vitest'
import { sampleFrom, seededRandom } from '../../../kit/split/samples.ts'
import { bandsOf } from '../../../src/split/judge/band.ts'
import { splitWatch } from '../../../src/split/watch/split-watch.ts'
import { startStakes } from '../../../src/split/watch/stakes.ts'

const ALPHA = 0.05

type World = {
  target: readonly number[]
  tolerance: number
  /** The shares of a sample, and the part that is lost. */
  at: (sample: number) => { shares: readonly number[]; lost: number }
}

/** The alarm of a watch of ten samples a second, and after which sample; undefined: none. */
function alarm({ target, tolerance, at }: World, random: () => number, most: number) {
  const watch = splitWatch({
    bands: bandsOf(
      target,
      target.map(() => tolerance),
    ),
    old: undefined,
    offTargetAlpha: ALPHA,
    noReplyAlpha: ALPHA,
    silentAlpha: ALPHA,
    fromMs: 0,
    lostFromMs: 0,
    stakes: () => startStakes(600),
  })
  for (let sample = 0; sample < most; sample++) {
    const { shares, lost } = at(sample)
    const destination = random() < lost ? undefined : sampleFrom(shares, random)
    const kind = watch.observe(destination, { launchedMs: 100 * sample })
    if (kind !== undefined) return { kind, sample }
  }
  return undefined
}

function alarms(world: World, runs: number, most: number) {
  const random = seededRandom(5)
  return Array.from({ length: runs }, () => alarm(world, random, most))
}

describe('the watch of a confirmed split', () => {
  test.each([
    ['exactly the target', [0.8, 0.2]],
    ['at one end of its tolerance', [0.75, 0.25]],
    ['at the other', [0.85, 0.15]],
  ])('raises an alarm of shares that are %s with no more than its chance', (_, shares) => {
    const world: World = {
      target: [0.8, 0.2],
      tolerance: 0.05,
      at: () => ({ shares, lost: 0.01 }),
    }
    // 99.9% of the time at most so many of 100 where the chance is 5% for each kind.
    const found = alarms(world, 100, 2000)
    for (const kind of ['off-target', 'no-reply'])
      expect(found.filter((one) => one?.kind === kind).length).toBeLessThanOrEqual(13)
  })

  test.each<[string, string, Partial<ReturnType<World['at']>>, number]>([
    ['all goes by the previous weights again', 'off-target', { shares: [1, 0] }, 100],
    ['a share is 15 points off', 'off-target', { shares: [0.65, 0.35] }, 500],
    ['one in ten is lost', 'no-reply', { lost: 0.1 }, 200],
  ])('raises an alarm soon after %s, however long all was well', (_, kind, after, within) => {
    const world: World = {
      target: [0.8, 0.2],
      tolerance: 0.05,
      at: (sample) => ({
        shares: [0.8, 0.2],
        lost: 0,
        ...(sample < 5000 ? {} : after),
      }),
    }
    const found = alarms(world, 20, 8000)
    expect(found.map((one) => one?.kind)).toEqual(found.map(() => kind))
    const mean = found.reduce((sum, one) => sum + (one?.sample ?? 0) - 5000, 0) / found.length
    expect(mean).toBeLessThan(within)
  })

  test('notices that a canary of 1% gets nothing any more, although its tolerance reaches to 0', () => {
    const [found] = alarms(
      { target: [0.99, 0.01], tolerance: 0.01, at: () => ({ shares: [1, 0], lost: 0 }) },
      1,
      20_000,
    )
    expect(found?.kind).toBe('off-target')
  })

  test('notices that a canary of 1% does not answer any more, although so few are lost', () => {
    const canary = { target: [0.99, 0.01], tolerance: 0.01 }
    const chance = seededRandom(8)
    const world: World = {
      ...canary,
      at(sample) {
        if (sample < 3000) return { shares: [0.99, 0.01], lost: 0 }
        return { shares: [1, 0], lost: chance() < 0.01 ? 1 : 0 }
      },
    }
    const found = alarms(world, 10, 9000)
    expect(found.map((one) => one?.kind)).toEqual(found.map(() => 'no-reply'))
    const all: World = { ...canary, at: () => ({ shares: [0.99, 0.01], lost: 0.01 }) }
    expect(alarms(all, 60, 4000).filter((one) => one?.kind === 'no-reply').length).toBeLessThan(10)
  })

  test('does not count samples that may be of the previous weights, nor those from before another attempt', () => {
    const watch = splitWatch({
      bands: bandsOf([0.8, 0.2], [0.05, 0.05]),
      old: [1, 0],
      offTargetAlpha: ALPHA,
      noReplyAlpha: ALPHA,
      silentAlpha: ALPHA,
      fromMs: 10_000,
      lostFromMs: 0,
      stakes: () => startStakes(60),
    })
    const alarmed = (fromMs: number, samples: number) =>
      Array.from({ length: samples }, (_, i) =>
        watch.observe(0, { launchedMs: fromMs + i }),
      ).filter(Boolean)
    expect(alarmed(0, 10_000)).toEqual([])
    expect(alarmed(10_000, 10)).toEqual([])
    watch.restart()
    expect(alarmed(10_100, 10)).toEqual([])
    expect(alarmed(10_200, 100)).not.toEqual([])
  })

  test.each([
    ['counts lost samples also before the previous weights must be gone', 0, ['no-reply']],
    ['does not count lost samples of previous weights that may lose them', 10_000, []],
  ])('%s', (_, lostFromMs, expected) => {
    const watch = splitWatch({
      bands: bandsOf([0.8, 0.2], [0.05, 0.05]),
      old: [1, 0],
      offTargetAlpha: ALPHA,
      noReplyAlpha: ALPHA,
      silentAlpha: ALPHA,
      fromMs: 10_000,
      lostFromMs,
      stakes: () => startStakes(60),
    })
    const all = Array.from({ length: 100 }, (_each, i) =>
      watch.observe(undefined, { launchedMs: 10 * i }),
    )
    expect([...new Set(all.filter((one) => one !== undefined))]).toEqual(expected)
  })

  test('does not count samples whose client was lost as samples without a reply', () => {
    const watch = splitWatch({
      bands: bandsOf([0.8, 0.2], [0.05, 0.05]),
      old: undefined,
      offTargetAlpha: ALPHA,
      noReplyAlpha: ALPHA,
      silentAlpha: ALPHA,
      fromMs: 0,
      lostFromMs: 0,
      stakes: () => startStakes(60),
    })
    const lost = Array.from({ length: 100 }, (_each, i) =>
      watch.observe(undefined, { launchedMs: 10 * i, clientLost: true }),
    )
    expect(lost.filter((one) => one !== undefined)).toEqual([])
  })
})

describe('the watch of connections of this run beside counts', () => {
  const watchFrom = (lostFromMs: number) =>
    splitWatch({
      bands: bandsOf([0.8, 0.2], [0.05, 0.05]),
      old: undefined,
      offTargetAlpha: ALPHA,
      noReplyAlpha: ALPHA,
      silentAlpha: ALPHA,
      fromMs: 0,
      lostFromMs,
      stakes: () => startStakes(600),
    })

  /** After how many readings of 20 connections it raises an alarm; undefined: after none of 300. */
  const alarmAfter = (unanswered: (reading: number) => number, watch = watchFrom(0)) => {
    for (let reading = 0; reading < 300; reading++) {
      const lost = unanswered(reading)
      const own = { answered: 20 - lost, unanswered: lost }
      if (watch.observeOwn(own, 200 * reading) === 'no-reply') return reading
    }
    return undefined
  }

  test('raises an alarm soon after one in ten goes unanswered, however long all was well', () => {
    expect(alarmAfter(() => 2)).toBeLessThan(20)
    const later = alarmAfter((reading) => (reading < 200 ? 0 : 2)) ?? 0
    expect(later).toBeGreaterThan(200)
    expect(later).toBeLessThan(230)
  })

  test('raises none where one in a hundred goes unanswered', () => {
    expect(alarmAfter((reading) => (reading % 5 === 0 ? 1 : 0))).toBeUndefined()
  })

  test('leaves out those that the previous weights may have lost', () => {
    const watch = watchFrom(2000)
    expect(alarmAfter((reading) => (reading < 10 ? 20 : 0), watch)).toBeUndefined()
  })

  test('says nothing of shares, which the counts show', () => {
    const watch = watchFrom(0)
    for (let reading = 0; reading < 100; reading++) {
      expect(watch.observeOwn({ answered: 20, unanswered: 0 }, 200 * reading)).toBeUndefined()
      expect(watch.observeCounts([80, 20], 200 * reading)).toBeUndefined()
    }
    let alarmed: string | undefined
    for (let reading = 100; alarmed === undefined && reading < 200; reading++) {
      watch.observeOwn({ answered: 20, unanswered: 0 }, 200 * reading)
      alarmed = watch.observeCounts([50, 50], 200 * reading)
    }
    expect(alarmed).toBe('off-target')
  })
})
