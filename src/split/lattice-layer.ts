/** Probability mass over a row of cells; all of it lies in cells `first` to `last`. */
export type Layer = { mass: Float64Array; first: number; last: number }

/** Mass thinner than this at the rims is cut off. */
const NEGLIGIBLE = 1e-13

export function emptyLayer(cells: number): Layer {
  return { mass: new Float64Array(cells), first: cells, last: -1 }
}

/** One step of a walk: part `up` of each cell goes one cell on, part `down` one cell back. */
export function spread(layer: Layer, up: number, down: number): void {
  const { mass } = layer
  if (layer.last < layer.first) return
  const first = down > 0 ? Math.max(0, layer.first - 1) : layer.first
  const last = Math.min(mass.length - 1, layer.last + 1)
  const stays = 1 - up - down
  let before = 0
  for (let cell = first; cell <= last; cell++) {
    const here = mass[cell] ?? 0
    mass[cell] = before * up + here * stays + (down > 0 ? (mass[cell + 1] ?? 0) * down : 0)
    before = here
  }
  layer.first = first
  layer.last = last
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

/** Takes this part of a cell's mass out of the layer and returns it. */
export function take(layer: Layer, cell: number, part: number): number {
  const here = layer.mass[cell] ?? 0
  if (here === 0) return 0
  layer.mass[cell] = here * (1 - part)
  return here * part
}

export function put(layer: Layer, cell: number, mass: number): void {
  if (mass === 0) return
  layer.mass[cell] = (layer.mass[cell] ?? 0) + mass
  if (cell < layer.first) layer.first = cell
  if (cell > layer.last) layer.last = cell
}

/**
 * The same mass on the cells of another walk, each cell's split between the two cells around its place
 * in proportion to how near they are.
 */
export function relocate(layer: Layer, cells: number, placeOf: (cell: number) => number): Layer {
  const moved = emptyLayer(cells)
  for (let cell = layer.first; cell <= layer.last; cell++) {
    const place = Math.min(cells - 1, Math.max(0, placeOf(cell)))
    const below = Math.floor(place)
    const here = layer.mass[cell] ?? 0
    put(moved, below, here * (below + 1 - place))
    if (place > below) put(moved, below + 1, here * (place - below))
  }
  return moved
}

/** Moves all mass of one layer to another one of as many cells. */
export function pour(from: Layer, into: Layer): void {
  for (let cell = from.first; cell <= from.last; cell++) put(into, cell, take(from, cell, 1))
  from.first = from.mass.length
  from.last = -1
}
