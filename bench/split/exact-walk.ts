import type { CutOffs } from './cut-offs.ts'

export type ExactTry = {
  pass: number
  offTarget: number
  /** Part still undecided where the computation stopped. */
  undecided: number
  /** Mean number of draws of a try; the undecided count with the draws they had. */
  mean: number
  /** Fewest draws by which this part of the tries is decided; undefined where they never are. */
  quantile(part: number): number | undefined
  /** Part of the tries that this many draws leave undecided. */
  undecidedAfter(draws: number): number
}

/** Where a walk starts: no draws unless told otherwise. */
export type Start = { draws: number; hits: number; held: readonly boolean[] }

export type Stop = {
  /** Stop once no more than this is undecided (1e-9). */
  undecided?: number
  /** Stop after so many draws. */
  draws?: number
}

/** Mass thinner than this at the rim of the lattice is cut off; it stays undecided. */
const NEGLIGIBLE = 1e-17
/** Cut-offs are found so many draws ahead. */
const AHEAD = 256

/** Mass over numbers of hits, for one set of conditions that have held; empty where first > last. */
type Layer = { mass: Float64Array; first: number; last: number }

/**
 * Exact distribution of the outcome of one try between two destinations, by dynamic programming over
 * (draws, hits of the first destination, set of conditions that have held). Draws are independent and
 * all can be told; nothing is interpolated. Fail goes before pass, as in judgeTry.
 *
 * @param truth the first destination's true share
 */
export function walk(cutOffs: CutOffs, truth: number, stop: Stop = {}, start?: Start): ExactTry {
  const leastUndecided = stop.undecided ?? 1e-9
  const mostDraws = stop.draws ?? Number.POSITIVE_INFINITY
  const { conditions } = cutOffs
  const all = 2 ** conditions.length - 1
  const layers: Layer[] = Array.from({ length: all }, () => ({
    mass: new Float64Array(0),
    first: 1,
    last: 0,
  }))
  const ended = { pass: 0, offTarget: 0 }
  let draws = start?.draws ?? 0
  let mean = draws
  let undecided = 1
  const left = new Array<number>(draws + 1).fill(1)
  const held = (start?.held ?? []).reduce((set, one, i) => (one ? set | (1 << i) : set), 0)
  deposit(held, start?.hits ?? 0, 1)

  function deposit(set: number, hits: number, mass: number): void {
    const layer = layers[set]
    if (layer === undefined) {
      ended.pass += mass
      return
    }
    if (hits >= layer.mass.length) grow(layer, hits)
    layer.mass[hits] = (layer.mass[hits] ?? 0) + mass
    if (layer.first > layer.last) layer.first = layer.last = hits
    else if (hits < layer.first) layer.first = hits
    else if (hits > layer.last) layer.last = hits
  }

  /** Moves what lies from `first` to `last` into the layer of another set, or to the passed. */
  function move(from: Layer, first: number, last: number, into: number): void {
    for (let hits = first; hits <= last; hits++) {
      const mass = from.mass[hits] ?? 0
      from.mass[hits] = 0
      if (mass > 0) deposit(into, hits, mass)
    }
    if (first <= from.first) from.first = Math.max(from.first, last + 1)
    else if (last >= from.last) from.last = Math.min(from.last, first - 1)
  }

  function passWhatHolds(set: number, layer: Layer): void {
    if (cutOffs.passes === 'now') {
      let first = layer.first
      let last = layer.last
      for (const { rises, cut } of conditions) {
        const at = cut[draws] ?? 0
        if (rises) first = Math.max(first, at)
        else last = Math.min(last, at)
      }
      // A gap inside a layer is no harm, its rims must not move.
      for (let hits = first; hits <= last; hits++) {
        ended.pass += layer.mass[hits] ?? 0
        layer.mass[hits] = 0
      }
      return
    }
    for (let i = 0; i < conditions.length; i++) {
      const condition = conditions[i]
      if (condition === undefined || (set & (1 << i)) !== 0) continue
      const at = condition.cut[draws] ?? 0
      if (condition.rises && at <= layer.last)
        move(layer, Math.max(at, layer.first), layer.last, set | (1 << i))
      if (!condition.rises && at >= layer.first)
        move(layer, layer.first, Math.min(at, layer.last), set | (1 << i))
    }
  }

  while (undecided > leastUndecided && draws < mostDraws) {
    draws += 1
    mean += undecided
    if (draws >= cutOffs.failBelow.length) cutOffs.extend(draws + AHEAD)
    const below = cutOffs.failBelow[draws] ?? -1
    const above = cutOffs.failAbove[draws] ?? draws + 1
    for (const layer of layers) {
      if (layer.first > layer.last) continue
      spread(layer, truth)
      ended.offTarget += cutRims(layer, below, above)
    }
    // Those moved to a larger set are looked at again there, at the same draw.
    for (let set = 0; set < layers.length; set++) {
      const layer = layers[set]
      if (layer === undefined || layer.first > layer.last) continue
      passWhatHolds(set, layer)
      trim(layer)
    }
    undecided = Math.max(0, 1 - ended.pass - ended.offTarget)
    left.push(undecided)
  }
  return {
    ...ended,
    undecided,
    mean,
    quantile(part) {
      const at = left.findIndex((open) => open <= 1 - part)
      return at < 0 ? undefined : at
    },
    undecidedAfter: (after) => left[Math.min(after, left.length - 1)] ?? 0,
  }
}

function grow(layer: Layer, hits: number): void {
  const mass = new Float64Array(2 * hits + 64)
  mass.set(layer.mass)
  layer.mass = mass
}

/** One draw: the mass of each cell goes on to the next number of hits by the part `truth`. */
function spread(layer: Layer, truth: number): void {
  const { first, last } = layer
  if (last + 1 >= layer.mass.length) grow(layer, last + 1)
  const { mass } = layer
  const rest = 1 - truth
  for (let hits = last + 1; hits > first; hits--)
    mass[hits] = (mass[hits] ?? 0) * rest + (mass[hits - 1] ?? 0) * truth
  mass[first] = (mass[first] ?? 0) * rest
  layer.last = last + 1
}

/** Takes out what has failed; returns how much. */
function cutRims(layer: Layer, below: number, above: number): number {
  let taken = 0
  while (layer.first <= layer.last && layer.first <= below) {
    taken += layer.mass[layer.first] ?? 0
    layer.mass[layer.first++] = 0
  }
  while (layer.first <= layer.last && layer.last >= above) {
    taken += layer.mass[layer.last] ?? 0
    layer.mass[layer.last--] = 0
  }
  return taken
}

function trim(layer: Layer): void {
  const { mass } = layer
  while (layer.first <= layer.last && (mass[layer.first] ?? 0) < NEGLIGIBLE) mass[layer.first++] = 0
  while (layer.first <= layer.last && (mass[layer.last] ?? 0) < NEGLIGIBLE) mass[layer.last--] = 0
}
