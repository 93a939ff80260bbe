import { expect, test } from 'vitest'
import { sampleFrom, seededRandom } from '../../../kit/split/samples.ts'
import {
  PLACES_ALPHA,
  type PlaceQuestion,
  startPlacesTest,
} from '../../../src/split/places/places-test.ts'

type Place = { pods: number; shares: readonly number[]; failing?: number }

const random = seededRandom(7)

/** Samples of all Pods in turn, until `isOver`, at most so many of each Pod. Returns the differences at the end. */
function differences(
  places: readonly Place[],
  rounds: number,
  isOver: (found: PlaceQuestion[][]) => boolean = () => false,
): PlaceQuestion[][] {
  const tested = startPlacesTest(
    places.map(({ pods }) => pods),
    places[0]?.shares.length ?? 0,
  )
  for (let round = 0; round < rounds; round++) {
    for (const [place, { pods, shares, failing = 0 }] of places.entries()) {
      for (let pod = 0; pod < pods; pod++) {
        const error = random() < failing
        const destination = sampleFrom(shares, random)
        tested.observe(place, { kind: 'single', destination, launchedMs: 0, tookMs: 1, error })
      }
    }
    if (isOver(tested.differences())) break
  }
  return tested.differences()
}

const ALIKE: readonly Place[] = [3, 3, 2].map((pods) => ({ pods, shares: [0.8, 0.2] }))
const isAny = (found: readonly PlaceQuestion[][]) => found.some((each) => each.length > 0)

test('of places that are alike, one is named in at most 1% of runs that end as soon as one is', () => {
  const runs = 300
  let named = 0
  for (let run = 0; run < runs; run++) named += isAny(differences(ALIKE, 100, isAny)) ? 1 : 0
  expect(named / runs).toBeLessThanOrEqual(PLACES_ALPHA)
})

test('a place with other shares is named within some hundred samples, and no other is', () => {
  const places = [...ALIKE.slice(0, 2), { pods: 2, shares: [0.4, 0.6] }]
  expect(differences(places, 130)).toEqual([[], [], ['shares']])
})

test('a place where more fails is named, and its shares are not', () => {
  const places = [...ALIKE.slice(0, 2), { pods: 2, shares: [0.8, 0.2], failing: 0.2 }]
  expect(differences(places, 130)).toEqual([[], [], ['failures']])
})

test('of two places that differ, both are named', () => {
  const places = [
    { pods: 1, shares: [0.8, 0.2] },
    { pods: 1, shares: [0.2, 0.8] },
  ]
  expect(differences(places, 100)).toEqual([['shares'], ['shares']])
})

test('of 64 places, one that gets the other version is named among those of its first samples', () => {
  const places = Array.from({ length: 64 }, (_, index) => ({
    pods: 1,
    shares: index === 9 ? [0, 1] : [0.95, 0.05],
  }))
  const found = differences(places, 40)
  expect(found.flatMap((each, place) => (each.length > 0 ? [place] : []))).toEqual([9])
})

test('a place without a sample leaves the others unnamed, and costs a bounded memory', () => {
  const tested = startPlacesTest([1, 1, 1], 2)
  for (let sample = 0; sample < 20_000; sample++)
    tested.observe(sample % 2, { kind: 'single', destination: 0, launchedMs: 0, tookMs: 1 })
  expect(tested.differences()).toEqual([[], [], []])
})
