import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { startPace } from '../../../src/evidence/probe/pace.ts'
import type { ProbeSample } from '../../../src/evidence/probe/probe-sample.ts'
import { type ProberSettings, startProbing } from '../../../src/evidence/probe/prober.ts'
import { byNumber, heldDials } from './support/dials.ts'

/** Connections that end when the test says so, and which of them were handed over. */
function probing(
  settings: Partial<ProberSettings>,
  onSample: (sample: ProbeSample) => void = () => undefined,
) {
  const held = heldDials()
  const samples: ProbeSample[] = []
  const prober = startProbing(
    {
      dial: held.dial,
      classify: byNumber,
      concurrency: 4,
      paces: [],
      nowMs: () => performance.now(),
      ...settings,
    },
    (sample) => {
      samples.push(sample)
      onSample(sample)
    },
  )
  const numbers = () =>
    samples.map(({ classified }) => (classified.kind === 'destination' ? classified.index : -1))
  return { ...held, samples, numbers, stop: prober.stop }
}

describe('samples', () => {
  test('are handed over in the order of launch, although connections end in another', () => {
    const { end, numbers, stop } = probing({ concurrency: 4 })
    end(3)
    end(1)
    expect(numbers()).toEqual([])
    end(0)
    expect(numbers()).toEqual([0, 1])
    end(2)
    expect(numbers()).toEqual([0, 1, 2, 3])
    stop()
  })

  test('are each handed over once, in order, whatever the order of the ends', () => {
    const choices = fc.array(fc.nat(), { minLength: 1, maxLength: 80 })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), choices, (concurrency, given) => {
        const { end, launched, inFlight, numbers, stop } = probing({ concurrency })
        const open = new Set<number>()
        const ended = new Set<number>()
        for (const choice of given) {
          for (let number = 0; number < launched(); number += 1)
            if (!ended.has(number)) open.add(number)
          expect(inFlight()).toBeLessThanOrEqual(concurrency)
          expect(launched() - numbers().length).toBeLessThanOrEqual(4 * concurrency)
          const number = [...open][choice % open.size] ?? 0
          open.delete(number)
          ended.add(number)
          end(number)
          expect(numbers()).toEqual([...numbers().keys()])
        }
        const inOrder = [...ended].filter((number) =>
          [...Array(number).keys()].every((n) => ended.has(n)),
        )
        expect(numbers()).toHaveLength(inOrder.length)
        stop()
      }),
      { seed: 1, numRuns: 200 },
    )
  })

  test('say when they were launched and how long they took', () => {
    let now = 1000
    const { end, samples, stop } = probing({ concurrency: 1, nowMs: () => now })
    now = 1007
    end(0, { kind: 'refused' })
    now = 1010
    end(1)
    expect(samples).toEqual([
      {
        kind: 'single',
        destination: undefined,
        launchedMs: 1000,
        tookMs: 7,
        classified: { kind: 'unclassified', why: 'refused', detail: '' },
      },
      {
        kind: 'single',
        destination: 1,
        launchedMs: 1007,
        tookMs: 3,
        classified: { kind: 'destination', index: 1 },
      },
    ])
    stop()
  })
})

describe('connections', () => {
  test('are as many in flight as concurrency says, and another follows each that ends', () => {
    const { end, launched, inFlight, stop } = probing({ concurrency: 3 })
    expect([launched(), inFlight()]).toEqual([3, 3])
    end(1)
    expect([launched(), inFlight()]).toEqual([4, 3])
    stop()
  })

  test('launched and not handed over are 4 times concurrency at most', () => {
    const { end, launched, inFlight, numbers, stop } = probing({ concurrency: 2 })
    for (let number = 1; number < launched(); number += 1) end(number)
    expect([launched(), inFlight(), numbers()]).toEqual([8, 1, []])
    end(0)
    expect(numbers()).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    expect([launched(), inFlight()]).toEqual([10, 2])
    stop()
  })

  test('are no more than were asked for', () => {
    const { end, launched, numbers } = probing({ concurrency: 4, most: () => 6 })
    for (let number = 0; number < launched(); number += 1) end(number)
    expect([launched(), numbers()]).toEqual([6, [0, 1, 2, 3, 4, 5]])
  })

  test('go on once more are asked for at a sample', () => {
    let most = 2
    const { end, launched, stop } = probing({ concurrency: 4, most: () => most }, () => {
      most = 3
    })
    expect(launched()).toBe(2)
    end(0)
    expect(launched()).toBe(3)
    stop()
  })

  test('that end at once, a hundred thousand of them, do not pile up', () => {
    let samples = 0
    const settings: ProberSettings = {
      dial: (done) => {
        done({ kind: 'reply', text: '0' })
        return () => undefined
      },
      classify: byNumber,
      concurrency: 16,
      paces: [],
      nowMs: () => 0,
      most: () => 100_000,
    }
    startProbing(settings, () => {
      samples += 1
    })
    expect(samples).toBe(100_000)
  })
})

describe('stop', () => {
  test('drops what is in flight, and nothing is handed over or launched any more', () => {
    const { end, launched, dropped, numbers, stop } = probing({ concurrency: 3 })
    end(1)
    stop()
    expect([launched(), dropped(), numbers()]).toEqual([4, 3, []])
    end(0)
    end(2)
    expect([launched(), numbers()]).toEqual([4, []])
  })

  test('at a sample keeps back those that are ready behind it', () => {
    const stopAt = (sample: ProbeSample) => {
      if (sample.classified.kind === 'destination' && sample.classified.index === 1) held.stop()
    }
    const held = probing({ concurrency: 4 }, stopAt)
    for (const number of [3, 2, 1, 0]) held.end(number)
    expect(held.numbers()).toEqual([0, 1])
    expect(held.inFlight()).toBe(0)
    expect(held.launched()).toBe(7)
  })
})

describe('by the clock', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    return () => vi.useRealTimers()
  })
  afterEach(() => expect(vi.getTimerCount()).toBe(0))

  /** A prober whose connections end after so many milliseconds, and the times of its launches. */
  function timed(settings: Partial<ProberSettings>, tookMs = 1) {
    const launches: number[] = []
    const samples: ProbeSample[] = []
    const prober = startProbing(
      {
        dial: (done) => {
          launches.push(performance.now())
          const timer = setTimeout(() => done({ kind: 'reply', text: '0' }), tookMs)
          return () => clearTimeout(timer)
        },
        classify: byNumber,
        concurrency: 16,
        paces: [],
        nowMs: () => performance.now(),
        ...settings,
      },
      (sample) => samples.push(sample),
    )
    return { launches, samples, stop: prober.stop }
  }

  function mostInASecond(launches: readonly number[]): number {
    const counts = launches.map(
      (from) => launches.filter((time) => time >= from && time < from + 1000).length,
    )
    return Math.max(...counts)
  }

  test('no more are opened in a second than the rate, and no fewer over time', () => {
    const { launches, stop } = timed({ paces: [startPace(50, 0)] })
    vi.advanceTimersByTime(10_000)
    expect(mostInASecond(launches)).toBeLessThanOrEqual(50)
    expect(launches.length).toBeGreaterThanOrEqual(490)
    stop()
  })

  test('the rate holds after a stall too: what was missed is not made up for at once', () => {
    const { launches, stop } = timed({ paces: [startPace(10, 0)], concurrency: 4 }, 3000)
    vi.advanceTimersByTime(20_000)
    expect(mostInASecond(launches)).toBeLessThanOrEqual(10)
    expect(launches.length).toBeGreaterThan(20)
    stop()
  })

  test('the rate holds over probers that follow each other', () => {
    const paces = [startPace(10, 0)]
    const launches: number[] = []
    for (let round = 0; round < 20; round += 1) {
      const prober = timed({ paces })
      vi.advanceTimersByTime(100)
      prober.stop()
      launches.push(...prober.launches)
    }
    expect(mostInASecond(launches)).toBeLessThanOrEqual(10)
    expect(launches.length).toBeGreaterThanOrEqual(19)
  })

  test('without a rate, concurrency alone holds them back', () => {
    const { launches, stop } = timed({ concurrency: 5 }, 10)
    vi.advanceTimersByTime(100)
    expect(launches).toHaveLength(55)
    stop()
  })

  test('the next connection waits after this machine was at its own limit, and that sample has no destination', () => {
    const held = heldDials()
    const samples: ProbeSample[] = []
    const settings: ProberSettings = {
      dial: held.dial,
      classify: byNumber,
      concurrency: 2,
      paces: [],
      nowMs: () => performance.now(),
    }
    const prober = startProbing(settings, (sample) => samples.push(sample))
    held.end(0, { kind: 'client-limit', why: 'EMFILE' })
    expect(samples.map(({ classified }) => classified)).toEqual([
      { kind: 'client-limit', why: 'EMFILE' },
    ])
    expect(held.launched()).toBe(2)
    vi.advanceTimersByTime(49)
    expect(held.launched()).toBe(2)
    vi.advanceTimersByTime(1)
    expect(held.launched()).toBe(3)
    prober.stop()
  })

  test('one that the client could not open is not among those that were asked for', () => {
    const held = heldDials()
    const settings: ProberSettings = {
      dial: held.dial,
      classify: byNumber,
      concurrency: 4,
      paces: [],
      nowMs: () => performance.now(),
      most: () => 2,
    }
    const prober = startProbing(settings, () => undefined)
    held.end(0, { kind: 'client-limit', why: 'EMFILE' })
    vi.advanceTimersByTime(1000)
    expect(held.launched()).toBe(3)
    held.end(1)
    held.end(2)
    expect(held.launched()).toBe(3)
    prober.stop()
  })

  test('stop leaves no timer behind', () => {
    const { launches, stop } = timed({ paces: [startPace(1, 0)] })
    vi.advanceTimersByTime(1500)
    stop()
    vi.advanceTimersByTime(5000)
    expect(launches).toHaveLength(2)
  })
})
