import { type PairEvidence, startPairEvidence } from './pair-evidence.ts'

/** Whether the outcomes of samples are distributed alike in all places. Pure. */
export type Homogeneity = {
  /** Takes the next sample of a place. */
  observe(place: number, outcome: number): void
  /**
   * Places that differ from more than half of the others. One that is like at least half of them is named with a chance of at most
   * `alpha`, all places and all times together.
   */
  differing(): number[]
}

export type HomogeneityRules = {
  /** How many samples of each place a block has, in proportion: its Pods. */
  pods: readonly number[]
  outcomes: number
  alpha: number
}

/** The blocks of which each has one more sample of each Pod than the ones before, until blocks are long enough. */
const BLOCKS_OF_A_LENGTH = 64
/** What is kept of a place that is ahead of another. Older samples are left out, whatever their outcomes are. */
const MOST_AHEAD = 4096

/**
 * Compares each two places, block by block, so that a place is named and not the others because they differ from it. Blocks
 * become longer with time, as each costs work for each pair: with 64 places, a sample costs no more than with four.
 */
export function startHomogeneity({ pods, outcomes, alpha }: HomogeneityRules): Homogeneity {
  const places = pods.length
  const level = Math.log((places * (places - 1)) / (2 * alpha))
  const longest = Math.max(1, Math.ceil(places / 4))
  const waiting = pods.map(() => startTrail())
  const seen = pods.map(() => new Float64Array(outcomes))
  const pairs = startPairs(places)
  const block = pods.map(() => Array<number>(outcomes).fill(0))
  const rates = pods.map(() => Array<number>(outcomes).fill(0))
  let blocks = 0
  let lacking = places

  function length(): number {
    return Math.min(longest, 1 + Math.floor(blocks / BLOCKS_OF_A_LENGTH))
  }

  function isFull(place: number): boolean {
    return (waiting[place]?.length() ?? 0) >= length() * (pods[place] ?? 1)
  }

  function judgeBlock(): void {
    for (let place = 0; place < places; place++) fill(place, length() * (pods[place] ?? 1))
    for (const { first, second, evidence } of pairs)
      evidence.observe(
        [block[first] ?? [], block[second] ?? []],
        [rates[first] ?? [], rates[second] ?? []],
      )
    for (let place = 0; place < places; place++) {
      const all = seen[place]
      const own = block[place] ?? []
      for (let i = 0; all !== undefined && i < outcomes; i++) all[i] = (all[i] ?? 0) + (own[i] ?? 0)
    }
    blocks += 1
  }

  /** What a place has in the block, and had before it. */
  function fill(place: number, size: number): void {
    const own = block[place] ?? []
    own.fill(0)
    for (let i = 0; i < size; i++) {
      const outcome = waiting[place]?.shift() ?? 0
      own[outcome] = (own[outcome] ?? 0) + 1
    }
    const before = seen[place] ?? []
    let all = 0
    for (const count of before) all += count
    const estimated = rates[place] ?? []
    for (let i = 0; i < outcomes; i++)
      estimated[i] = ((before[i] ?? 0) + 0.5) / (all + outcomes / 2)
  }

  function countLacking(): number {
    let count = 0
    for (let place = 0; place < places; place++) count += isFull(place) ? 0 : 1
    return count
  }

  return {
    observe(place, outcome) {
      const trail = waiting[place]
      if (trail === undefined || places < 2) return
      const wasFull = isFull(place)
      trail.push(outcome)
      if (trail.length() > MOST_AHEAD) trail.shift()
      if (wasFull || !isFull(place)) return
      lacking -= 1
      while (lacking === 0) {
        judgeBlock()
        lacking = countLacking()
      }
    },
    differing() {
      const others = Array<number>(places).fill(0)
      for (const { first, second, evidence } of pairs) {
        if (evidence.logEvidence() < level) continue
        others[first] = (others[first] ?? 0) + 1
        others[second] = (others[second] ?? 0) + 1
      }
      return others.flatMap((count, place) => (2 * count > places - 1 ? [place] : []))
    },
  }
}

type Pair = { first: number; second: number; evidence: PairEvidence }

function startPairs(places: number): Pair[] {
  return Array.from({ length: places }, (_, first) =>
    Array.from({ length: places - first - 1 }, (_, index) => ({
      first,
      second: first + index + 1,
      evidence: startPairEvidence(),
    })),
  ).flat()
}

/** The outcomes of a place that are in no block yet. */
function startTrail() {
  let kept: number[] = []
  let begin = 0
  return {
    length: () => kept.length - begin,
    push: (outcome: number) => void kept.push(outcome),
    shift() {
      const first = kept[begin]
      begin += 1
      if (begin >= 1024) {
        kept = kept.slice(begin)
        begin = 0
      }
      return first
    },
  }
}
