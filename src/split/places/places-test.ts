import type { SingleSample } from '../sample.ts'
import { type Homogeneity, startHomogeneity } from './homogeneity.ts'

/** In what a place differs: in how it splits what is answered, or in how much fails or is not answered. */
export type PlaceQuestion = 'shares' | 'failures'

export const PLACE_QUESTIONS: readonly PlaceQuestion[] = ['shares', 'failures']

/** A place that is like at least half of the others is named with at most this chance, all places and questions together. */
export const PLACES_ALPHA = 0.01

/** Which places differ from the others. It decides nothing: a place is reported. */
export type PlacesTest = {
  observe(place: number, sample: SingleSample): void
  /** By place. */
  differences(): PlaceQuestion[][]
}

/**
 * The tests of one attempt, and of the samples that follow it. Of several attempts the last one is reported, which is chosen by
 * samples, so each has a part of the error, and all together have no more than the whole.
 *
 * @param pods by place, how many Pods take samples there
 * @param attempt from 1
 */
export function startPlacesTest(
  pods: readonly number[],
  destinations: number,
  attempt = 1,
): PlacesTest {
  const alpha = PLACES_ALPHA / (PLACE_QUESTIONS.length * attempt * (attempt + 1))
  // The parts of all attempts are 1/2, 1/6, 1/12 and so on, which add up to 1.
  const shares = startHomogeneity({ pods, outcomes: destinations, alpha })
  const failures = startHomogeneity({ pods, outcomes: 2, alpha })
  const all: readonly (readonly [PlaceQuestion, Homogeneity])[] = [
    ['shares', shares],
    ['failures', failures],
  ]
  return {
    observe(place, { destination, error, clientLost }) {
      if (clientLost) return
      if (destination !== undefined) shares.observe(place, destination)
      failures.observe(place, destination === undefined || error === true ? 1 : 0)
    },
    differences() {
      const found: PlaceQuestion[][] = pods.map(() => [])
      for (const [question, test] of all)
        for (const place of test.differing()) found[place]?.push(question)
      return found
    },
  }
}
