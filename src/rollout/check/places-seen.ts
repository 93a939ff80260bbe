import type { Place } from '../../evidence/evidence-source.ts'
import { startLatency } from '../../evidence/probe/latency.ts'
import { type PlacesTest, startPlacesTest } from '../../split/places/places-test.ts'
import type { SingleSample } from '../../split/sample.ts'
import type { RecordedMachine } from './health-course.ts'

/** Steps whose samples are of the weights of the check. */
const JUDGED: ReadonlySet<string> = new Set(['attempt', 'settle', 'watch'])

/**
 * Counts the samples of the latest attempt, and of what follows it, by place. An earlier attempt may have seen the previous weights,
 * in some places longer than in others.
 *
 * @param places where the samples come from; fewer than two are not compared
 */
export function withPlaces(
  machine: RecordedMachine,
  places: readonly Place[],
  { destinations, seesErrors }: { destinations: number; seesErrors: boolean },
): RecordedMachine {
  if (places.length < 2) return machine
  let attempt = 0
  let isJudged = false
  let tallies = places.map(() => startTally(destinations))
  let tested: PlacesTest = startPlacesTest([], destinations)

  function begin(number: number): void {
    attempt = number
    tallies = places.map(() => startTally(destinations))
    tested = startPlacesTest(
      places.map(({ pods }) => pods),
      destinations,
      number,
    )
  }

  return {
    ...machine,
    next(nowMs) {
      const step = machine.next(nowMs)
      if (step.kind === 'attempt' && step.number !== attempt) begin(step.number)
      isJudged = JUDGED.has(step.kind)
      return step
    },
    observe(sample) {
      const isOfCheck = isJudged && sample.kind === 'single' && sample.previous !== true
      if (isOfCheck && sample.place !== undefined) {
        tallies[sample.place]?.add(sample)
        tested.observe(sample.place, sample)
      }
      return machine.observe(sample)
    },
    seen() {
      const seen = machine.seen()
      if (attempt === 0) return seen
      const differences = tested.differences()
      return {
        ...seen,
        places: places.map((place, index) => ({
          ...place,
          ...(tallies[index] ?? startTally(destinations)).seen(seesErrors),
          differs: differences[index] ?? [],
        })),
      }
    },
  }
}

function startTally(destinations: number) {
  const counts = Array<number>(destinations).fill(0)
  const errors = Array<number>(destinations).fill(0)
  const latency = startLatency()
  let samples = 0
  let unclassified = 0
  return {
    add({ destination, error, tookMs }: SingleSample): void {
      samples += 1
      if (destination === undefined) {
        unclassified += 1
        return
      }
      counts[destination] = (counts[destination] ?? 0) + 1
      if (error === true) errors[destination] = (errors[destination] ?? 0) + 1
      latency.observe(tookMs)
    },
    seen: (seesErrors: boolean) => ({
      samples,
      unclassified,
      counts: [...counts],
      ...(seesErrors && { errors: [...errors] }),
      latency: latency.latency(),
    }),
  }
}
