import { expect, test } from 'vitest'
import { sampleFrom, seededRandom } from '../../../kit/split/samples.ts'
import { locateChange } from '../../../src/split/judge/change-point.ts'
import { UNCLASSIFIED } from '../../../src/split/judge/judge-attempt.ts'

type Run = { everyMs: number; untilMs: number; switchMs: number; lost?: number }

function estimates(old: number[], target: number[], run: Run, runs: number) {
  const random = seededRandom(3)
  return Array.from({ length: runs }, () => {
    const change = locateChange(old, target)
    for (let atMs = run.everyMs; atMs < run.untilMs; atMs += run.everyMs) {
      const truth = atMs < run.switchMs ? old : target
      const lost = random() < (run.lost ?? 0)
      change.observe(lost ? UNCLASSIFIED : sampleFrom(truth, random), atMs)
    }
    return change.estimateMs()
  })
}

function medianError(found: readonly (number | undefined)[], switchMs: number): number {
  const errors = found
    .map((estimate) => Math.abs((estimate ?? Number.POSITIVE_INFINITY) - switchMs))
    .toSorted((a, b) => a - b)
  return errors[Math.floor(errors.length / 2)] ?? Number.POSITIVE_INFINITY
}

test('the moment of the switch is found within a few samples', () => {
  for (const [old, target] of [
    [
      [0, 1],
      [0.2, 0.8],
    ],
    [
      [0.2, 0.8],
      [0.5, 0.5],
    ],
    [
      [0.5, 0.5],
      [0.2, 0.8],
    ],
    [
      [0.2, 0.8],
      [1, 0],
    ],
    [
      [0.5, 0.5, 0],
      [0.5, 0, 0.5],
    ],
  ] as const) {
    for (const switchMs of [90, 300]) {
      const found = estimates([...old], [...target], { everyMs: 1, untilMs: 1500, switchMs }, 40)
      expect(medianError(found, switchMs)).toBeLessThan(12)
    }
  }
})

test('one sample every 10 ms shows the switch of a gateway that needs 90 ms, within three samples', () => {
  const run = { everyMs: 10, untilMs: 2000, switchMs: 90 }
  expect(medianError(estimates([0, 1], [0.5, 0.5], run, 60), 90)).toBeLessThanOrEqual(30)
})

test('stray samples of a destination without share before are not taken for the switch', () => {
  const change = locateChange([0, 1], [0.2, 0.8])
  const random = seededRandom(6)
  for (let atMs = 0; atMs < 300; atMs++) change.observe(atMs === 20 ? 0 : 1, atMs)
  for (let atMs = 300; atMs < 1200; atMs++) change.observe(sampleFrom([0.2, 0.8], random), atMs)
  expect(Math.abs((change.estimateMs() ?? 0) - 300)).toBeLessThan(25)
})

test('a destination that lost its share may answer once more without hiding the switch', () => {
  const change = locateChange([0.5, 0.5], [0, 1])
  const random = seededRandom(6)
  for (let atMs = 0; atMs < 200; atMs++) change.observe(sampleFrom([0.5, 0.5], random), atMs)
  for (let atMs = 200; atMs < 600; atMs++) change.observe(atMs === 400 ? 0 : 1, atMs)
  expect(Math.abs((change.estimateMs() ?? 0) - 200)).toBeLessThan(10)
})

test('lost connections do not move the moment of the switch', () => {
  const run = { everyMs: 1, untilMs: 1500, switchMs: 300, lost: 0.2 }
  expect(medianError(estimates([0, 1], [0.2, 0.8], run, 40), 300)).toBeLessThan(12)
})

test('there is no moment where the gateway never switched, or before it did', () => {
  const never = { everyMs: 1, untilMs: 3000, switchMs: Number.POSITIVE_INFINITY }
  const found = estimates([0.2, 0.8], [0.5, 0.5], never, 200)
  expect(found.filter((estimate) => estimate !== undefined).length).toBeLessThanOrEqual(2)
  expect(locateChange([0, 1], [0.2, 0.8]).estimateMs()).toBeUndefined()
})

test('there is no moment where old and new weights are too alike to tell', () => {
  const run = { everyMs: 1, untilMs: 1000, switchMs: 200 }
  expect(estimates([0.2, 0.8], [0.21, 0.79], run, 20).every((one) => one === undefined)).toBe(true)
  expect(estimates([0.2, 0.8], [0.2, 0.8], run, 5).every((one) => one === undefined)).toBe(true)
})

test('a gateway that had switched before the first sample is dated by that sample', () => {
  const change = locateChange([1, 0], [0, 1])
  for (let atMs = 40; atMs < 80; atMs++) change.observe(1, atMs)
  expect(change.estimateMs()).toBe(40)
  expect(change.hasSeenOld()).toBe(false)
})

test('the moment of the switch is half way between the last old and the first new sample', () => {
  const change = locateChange([1, 0], [0, 1])
  for (const atMs of [10, 20, 30, 40]) change.observe(0, atMs)
  for (const atMs of [100, 110, 120, 130]) change.observe(1, atMs)
  expect(change.estimateMs()).toBe(70)
  expect(change.hasSeenOld()).toBe(true)
})

test.each([
  { old: [1, 0], target: [0.8, 0.2] },
  { old: [0.5, 0.5], target: [0.8, 0.2] },
  { old: [0.8, 0.2], target: [0.5, 0.5] },
])(
  'a gateway that has the new weights from the start has switched in 1 of 100 runs, from $old to $target',
  ({ old, target }) => {
    const random = seededRandom(11)
    let switched = 0
    for (let run = 0; run < 500; run += 1) {
      const change = locateChange(old, target)
      for (let sample = 0; sample < 300; sample += 1)
        change.observe(sampleFrom(target, random), sample)
      if (change.hasSeenOld()) switched += 1
    }
    expect(switched).toBeLessThanOrEqual(5)
  },
)
