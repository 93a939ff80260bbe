import { expect, test } from 'vitest'
import { seededRandom } from '../../../kit/split/samples.ts'
import type { Place } from '../../../src/evidence/evidence-source.ts'
import { withHealthCourse } from '../../../src/rollout/check/health-course.ts'
import { withPlaces } from '../../../src/rollout/check/places-seen.ts'
import { checkMachine } from '../../../src/split/check/check-machine.ts'
import type { CheckRules } from '../../../src/split/check/check-rules.ts'

const RULES: CheckRules = {
  target: [0.5, 0.5],
  tolerance: [0.05, 0.05],
  old: undefined,
  alpha: 0.01,
  hypotheses: 1,
  samples: 'auto',
  plannedLimit: 5000,
  writtenMs: undefined,
  propagationTimeoutMs: 1000,
  mayRecover: false,
}
const PLACES: readonly Place[] = ['a', 'b', 'c'].map((name) => ({ kind: 'zone', name, pods: 1 }))

function machineOf(places: readonly Place[]) {
  const machine = withHealthCourse(checkMachine(RULES), 2, () => 0)
  return withPlaces(machine, places, { destinations: 2, seesErrors: false })
}

test('samples are counted for each place, and a place that differs is named', () => {
  const machine = machineOf(PLACES)
  const random = seededRandom(5)
  machine.next(0)
  let isOver = false
  for (let sample = 0; sample < 600 && !isOver; sample++) {
    const place = sample % 3
    const destination = random() < (place === 2 ? 0.9 : 0.3) ? 1 : 0
    isOver = machine.observe({ kind: 'single', destination, place, launchedMs: 0, tookMs: 5 })
  }
  const { places = [] } = machine.seen()
  expect(places.map(({ name, differs }) => [name, differs])).toEqual([
    ['a', []],
    ['b', []],
    ['c', ['shares']],
  ])
  for (const { samples, counts, unclassified, latency } of places) {
    expect(counts.reduce((sum, count) => sum + count, unclassified)).toBe(samples)
    expect(latency.count).toBe(samples - unclassified)
  }
})

test('another attempt counts from the start, since an earlier one may have seen the previous weights', () => {
  const machine = machineOf(PLACES)
  machine.next(0)
  machine.observe({ kind: 'single', destination: 0, place: 0, launchedMs: 0, tookMs: 5 })
  expect(machine.seen().places?.[0]?.samples).toBe(1)
  const later = withPlaces(
    {
      ...machine,
      next: () => ({ kind: 'attempt', number: 2, place: 'last' as const }),
      seen: () => ({}),
    },
    PLACES,
    { destinations: 2, seesErrors: false },
  )
  later.next(0)
  expect(later.seen().places?.[0]?.samples).toBe(0)
})

test('samples from one place are not counted apart', () => {
  expect(machineOf(PLACES.slice(0, 1)).seen().places).toBeUndefined()
})
