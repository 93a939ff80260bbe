/** Probability mass over numbers of hits; all of it lies at `first` to `last`. */
export type Layer = { mass: Float64Array; first: number; last: number }

/** Mass thinner than this at the rims is cut off. */
const NEGLIGIBLE = 1e-13

export function emptyLayer(cells: number): Layer {
  return { mass: new Float64Array(cells), first: cells, last: -1 }
}

/** One sample: a part `chance` of each cell has one more hit. */
export function spread(layer: Layer, chance: number): void {
  const { mass } = layer
  if (layer.last < layer.first) return
  let before = 0
  layer.last += 1
  for (let cell = layer.first; cell <= layer.last; cell++) {
    const here = mass[cell] ?? 0
    mass[cell] = before * chance + here * (1 - chance)
    before = here
  }
}

/** Cuts off rims that hold next to nothing. */
export function trim(layer: Layer): void {
  const { mass } = layer
  let { first, last } = layer
  while (first <= last && (mass[first] ?? 0) < NEGLIGIBLE) mass[first++] = 0
  while (first <= last && (mass[last] ?? 0) < NEGLIGIBLE) mass[last--] = 0
  layer.first = first <= last ? first : mass.length
  layer.last = first <= last ? last : -1
}

/** Moves what lies at a cell or beyond it (1: above, -1: below) into another layer, or away; returns how much. */
export function cross(from: Layer, cell: number, direction: 1 | -1, into?: Layer): number {
  const start = direction === 1 ? Math.max(cell, from.first) : from.first
  const end = direction === 1 ? from.last : Math.min(cell, from.last)
  let crossed = 0
  for (let at = start; at <= end; at++) {
    const here = from.mass[at] ?? 0
    crossed += here
    from.mass[at] = 0
    if (into !== undefined) put(into, at, here)
  }
  return crossed
}

export function put(layer: Layer, cell: number, mass: number): void {
  if (mass === 0) return
  layer.mass[cell] = (layer.mass[cell] ?? 0) + mass
  if (cell < layer.first) layer.first = cell
  if (cell > layer.last) layer.last = cell
}
