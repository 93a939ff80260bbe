/** Chances of numbers of hits, by the number; all others than `first` to `last` are 0, all where first > last. */
export type HitLayer = { mass: Float64Array; first: number; last: number }

/** Mass thinner than this at the rim of a layer is cut off. */
const NEGLIGIBLE = 1e-17

export function emptyHitLayer(): HitLayer {
  return { mass: new Float64Array(0), first: 1, last: 0 }
}

export function deposit(layer: HitLayer, hits: number, mass: number): void {
  if (hits >= layer.mass.length) grow(layer, hits)
  layer.mass[hits] = (layer.mass[hits] ?? 0) + mass
  if (layer.first > layer.last) layer.first = layer.last = hits
  else if (hits < layer.first) layer.first = hits
  else if (hits > layer.last) layer.last = hits
}

function grow(layer: HitLayer, hits: number): void {
  const mass = new Float64Array(2 * hits + 64)
  mass.set(layer.mass)
  layer.mass = mass
}

/** One sample: the mass of each number of hits goes on to the next by the part `truth`. */
export function spread(layer: HitLayer, truth: number): void {
  const { first, last } = layer
  if (first > last) return
  if (last + 1 >= layer.mass.length) grow(layer, last + 1)
  const { mass } = layer
  const rest = 1 - truth
  for (let hits = last + 1; hits > first; hits--)
    mass[hits] = (mass[hits] ?? 0) * rest + (mass[hits - 1] ?? 0) * truth
  mass[first] = (mass[first] ?? 0) * rest
  layer.last = last + 1
}

/** Takes out what lies from `from` to `to`, into another layer if given; returns how much. */
export function take(layer: HitLayer, from: number, to: number, into?: HitLayer): number {
  const first = Math.max(from, layer.first)
  const last = Math.min(to, layer.last)
  let taken = 0
  for (let hits = first; hits <= last; hits++) {
    const mass = layer.mass[hits] ?? 0
    layer.mass[hits] = 0
    taken += mass
    if (into !== undefined && mass > 0) deposit(into, hits, mass)
  }
  return taken
}

/** Lets the layer begin and end where there is mass. */
export function trim(layer: HitLayer): void {
  const { mass } = layer
  while (layer.first <= layer.last && (mass[layer.first] ?? 0) < NEGLIGIBLE) mass[layer.first++] = 0
  while (layer.first <= layer.last && (mass[layer.last] ?? 0) < NEGLIGIBLE) mass[layer.last--] = 0
}
