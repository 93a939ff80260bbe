import type { Condition, CutOffs } from './cut-offs.ts'
import { deposit, emptyHitLayer, type HitLayer, spread, take, trim } from './hit-layer.ts'

export type ExactAttempt = {
  pass: number
  offTarget: number
  /** Part still undecided where the computation stopped. */
  undecided: number
  /** Mean number of samples of an attempt; the undecided count with the samples they had. */
  mean: number
  /** Fewest samples by which this part of the attempts is decided; undefined where they never are. */
  quantile(part: number): number | undefined
  /** Part of the attempts that this many samples leave undecided. */
  undecidedAfter(samples: number): number
}

/** Where a walk starts: no samples by default. */
export type Start = { samples: number; hits: number; held: readonly boolean[] }

export type Stop = {
  /** Stop once no more than this is undecided (1e-9). */
  undecided?: number
  /** Stop after so many samples. */
  samples?: number
}

/** Cut-offs are found so many samples ahead. */
const AHEAD = 256

/** Undecided attempts, by the set of conditions that have held (a bit each), and what became of the others. */
type State = { samples: number; layers: HitLayer[]; pass: number; offTarget: number }

/**
 * Exact distribution of the outcome of one attempt between two destinations, by dynamic programming over
 * (samples, hits of the first destination, set of conditions that have held). Samples are independent and
 * all are classified; nothing is interpolated. Fail goes before pass, as in judgeAttempt.
 *
 * @param truth the first destination's true share
 */
export function walk(
  cutOffs: CutOffs,
  truth: number,
  stop: Stop = {},
  start?: Start,
): ExactAttempt {
  const leastUndecided = stop.undecided ?? 1e-9
  const mostSamples = stop.samples ?? Number.POSITIVE_INFINITY
  const state = startOf(cutOffs.conditions.length, start)
  let mean = state.samples
  let undecided = 1
  const left = new Array<number>(state.samples + 1).fill(1)

  while (undecided > leastUndecided && state.samples < mostSamples) {
    mean += undecided
    step(state, cutOffs, truth)
    undecided = Math.max(0, 1 - state.pass - state.offTarget)
    left.push(undecided)
  }
  const { pass, offTarget } = state
  return {
    pass,
    offTarget,
    undecided,
    mean,
    quantile(part) {
      const at = left.findIndex((open) => open <= 1 - part)
      return at < 0 ? undefined : at
    },
    undecidedAfter: (after) => left[Math.min(after, left.length - 1)] ?? 0,
  }
}

function startOf(conditions: number, start: Start | undefined): State {
  const { samples, hits, held } = start ?? { samples: 0, hits: 0, held: [] }
  const layers = Array.from({ length: 2 ** conditions - 1 }, emptyHitLayer)
  const set = held.reduce((sum, one, i) => (one ? sum | (1 << i) : sum), 0)
  const layer = layers[set]
  if (layer === undefined) return { samples, layers, pass: 1, offTarget: 0 }
  deposit(layer, hits, 1)
  return { samples, layers, pass: 0, offTarget: 0 }
}

function step(state: State, cutOffs: CutOffs, truth: number): void {
  const samples = ++state.samples
  const found = cutOffs.conditions[0]?.cut.length ?? cutOffs.failBelow.length
  if (samples >= found) cutOffs.extend(samples + AHEAD)
  const below = cutOffs.failBelow[samples] ?? -1
  const above = cutOffs.failAbove[samples] ?? samples + 1
  const { layers } = state
  for (const layer of layers) {
    spread(layer, truth)
    state.offTarget += take(layer, 0, below) + take(layer, above, samples)
  }
  // What goes over to a larger set is evaluated again there, at the same sample.
  for (let set = 0; set < layers.length; set++) {
    const layer = layers[set]
    if (layer === undefined || layer.first > layer.last) continue
    if (cutOffs.passes === 'ever') rejection(state, cutOffs.conditions, set, layer)
    else state.pass += takeWhereAllHold(samples, cutOffs.conditions, layer)
    trim(layer)
  }
}

/** Moves on what meets a condition that has not held yet: to the set with it, or to the passed if it is the last. */
function rejection(
  state: State,
  conditions: readonly Condition[],
  set: number,
  layer: HitLayer,
): void {
  for (let i = 0; i < conditions.length; i++) {
    const condition = conditions[i]
    if (condition === undefined || (set & (1 << i)) !== 0) continue
    const at = condition.cut[state.samples] ?? 0
    const into = state.layers[set | (1 << i)]
    const moved = condition.rises ? take(layer, at, state.samples, into) : take(layer, 0, at, into)
    if (into === undefined) state.pass += moved
  }
}

function takeWhereAllHold(
  samples: number,
  conditions: readonly Condition[],
  layer: HitLayer,
): number {
  let from = 0
  let to = samples
  for (const { rises, cut } of conditions) {
    const at = cut[samples] ?? 0
    if (rises) from = Math.max(from, at)
    else to = Math.min(to, at)
  }
  return take(layer, from, to)
}
