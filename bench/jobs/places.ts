import { plainTable } from '../../kit/bench/split/text-table.ts'
import { sampleFrom, seededRandom } from '../../kit/split/samples.ts'
import { PLACES_ALPHA, startPlacesTest } from '../../src/split/places/places-test.ts'

/** The share of v2 in each place, one Pod in each. */
const CASES = [
  { name: '3 alike', shares: [0.2, 0.2, 0.2] },
  { name: '8 alike', shares: Array<number>(8).fill(0.2) },
  { name: '3, one at 30%', shares: [0.2, 0.2, 0.3] },
  { name: '3, one at 40%', shares: [0.2, 0.2, 0.4] },
  { name: '3, one at 60%', shares: [0.2, 0.2, 0.6] },
  { name: '8, one at 60%', shares: [...Array<number>(7).fill(0.2), 0.6] },
]
const MOST_SAMPLES = 1000
const random = seededRandom(11)

/** Prints how often places are named, and after how many samples. Returns which promises are broken. */
export function places(runs: number): string[] {
  const broken: string[] = []
  const rows = CASES.map(({ name, shares }) => {
    const isAlike = shares.every((share) => share === shares[0])
    const all = Array.from({ length: runs }, () => run(shares))
    const right = all.flatMap(({ isRight, samples }) => (isRight ? [samples] : []))
    const wrong = all.filter(({ isWrong }) => isWrong).length
    // Beyond what a chance of 1% does in all but 1 in 10,000 benches.
    const most = PLACES_ALPHA * runs + 3.7 * Math.sqrt(PLACES_ALPHA * runs)
    if (wrong > most) broken.push(`${name}: a place like the others is named in ${wrong} runs`)
    right.sort((a, b) => a - b)
    const at = (part: number) => (isAlike ? '' : String(right[Math.floor(part * runs)] ?? 'more'))
    return [name, percent(wrong / runs), percent(right.length / runs), at(0.5), at(0.9)]
  })
  process.stdout.write(
    plainTable({
      title: 'Places that are named',
      explained: `Of ${runs} runs with up to ${MOST_SAMPLES} samples of each place, which end as soon as a place is named.`,
      headings: ['places', 'wrongly', 'rightly', 'half of the runs after', '90% after'],
      rows,
    }),
  )
  return broken
}

/** Samples of each place until one is named. */
function run(shares: readonly number[]): { samples: number; isRight: boolean; isWrong: boolean } {
  const tested = startPlacesTest(
    shares.map(() => 1),
    2,
  )
  for (let samples = 1; samples <= MOST_SAMPLES; samples++) {
    for (const [place, share] of shares.entries()) {
      const destination = sampleFrom([1 - share, share], random)
      tested.observe(place, { kind: 'single', destination, launchedMs: 0, tookMs: 1 })
    }
    const named = tested.differences().flatMap((found, place) => (found.length > 0 ? [place] : []))
    if (named.length === 0) continue
    const isOther = (place: number) => shares[place] !== shares[0]
    return { samples, isRight: named.some(isOther), isWrong: !named.every(isOther) }
  }
  return { samples: MOST_SAMPLES, isRight: false, isWrong: false }
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`
}
