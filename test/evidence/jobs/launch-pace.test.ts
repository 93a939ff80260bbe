import { expect, test } from 'vitest'
import { startLaunchPace } from '../../../src/evidence/jobs/launch-pace.ts'

function paceOf(timesMs: readonly number[]) {
  const pace = startLaunchPace()
  for (const ms of timesMs) pace.launched(ms)
  return pace
}

test('the pace of launches at equal distances is theirs, however many there are', () => {
  for (const count of [2, 3, 8, 9, 100, 1000]) {
    const pace = paceOf(Array.from({ length: count }, (_, index) => 500 + 20 * index))
    expect(pace.perSecond()).toBeCloseTo(50)
    expect(pace.lastedMs()).toBe(20 * (count - 1))
  }
})

test('the slow start of a process does not count for its pace', () => {
  const slow = Array.from({ length: 20 }, (_, index) => 40 * index)
  const fast = Array.from({ length: 200 }, (_, index) => 800 + 2 * index)
  expect(paceOf([...slow, ...fast]).perSecond()).toBeCloseTo(500)
})

test('samples that are launched all at once at the start do not count for the pace', () => {
  const atOnce = Array<number>(16).fill(0)
  const after = Array.from({ length: 100 }, (_, index) => 10 * (index + 1))
  expect(paceOf([...atOnce, ...after]).perSecond()).toBeCloseTo(100)
})

test('a single launch shows no pace', () => {
  expect(paceOf([]).perSecond()).toBeUndefined()
  expect(paceOf([7]).perSecond()).toBeUndefined()
})
