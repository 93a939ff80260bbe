/**
 * Many simulated attempts side by side, of which `alive` are undecided; all have had as many samples. Every
 * column holds one number for each attempt, the undecided ones first.
 */
export type Population = {
  readonly most: number
  alive: number
  /** Samples that each attempt has had, and how many of them in the step made last. */
  samples: number
  step: number
  /** For each destination, its samples so far and those of the last step. */
  readonly counts: readonly Float64Array[]
  readonly lately: readonly Float64Array[]
  /** The margin tests that have not rejected, one bit each. */
  readonly open: Float64Array
  /** What belongs to an attempt beyond one step. */
  readonly columns: Float64Array[]
}

export function populationOf(most: number, destinations: number, tests: number): Population {
  const column = () => new Float64Array(most)
  const counts = Array.from({ length: destinations }, column)
  const lately = Array.from({ length: destinations }, column)
  const open = column().fill(2 ** tests - 1)
  return {
    most,
    alive: most,
    samples: 0,
    step: 0,
    counts,
    lately,
    open,
    columns: [...counts, open],
  }
}

/** Leaves only the attempts listed, in this order. */
export function keepOnly(population: Population, kept: Int32Array, howMany: number): void {
  const scratch = new Float64Array(howMany)
  for (const column of population.columns) gather(column, kept, scratch)
  population.alive = howMany
}

function gather(column: Float64Array, kept: Int32Array, into: Float64Array): void {
  for (let i = 0; i < into.length; i++) into[i] = column[kept[i] ?? 0] ?? 0
  column.set(into)
}

/** Sorts a list of attempts by a column, whose values lie within `reach` of `middle`. */
export function sortBy(
  column: Float64Array,
  list: Int32Array,
  howMany: number,
  { middle, reach }: { middle: number; reach: number },
): void {
  const keys = new Float64Array(howMany)
  const scale = 2 ** 24 / reach
  // The value above, the attempt itself below 2^20.
  for (let i = 0; i < howMany; i++) {
    const one = list[i] ?? 0
    keys[i] = Math.floor(((column[one] ?? 0) - middle) * scale) * 2 ** 20 + one
  }
  keys.sort()
  for (let i = 0; i < howMany; i++) {
    const key = keys[i] ?? 0
    list[i] = key - Math.floor(key / 2 ** 20) * 2 ** 20
  }
}

/** Lets every attempt go on twice from here. */
export function double(population: Population): void {
  const { alive } = population
  for (const column of population.columns) column.copyWithin(alive, 0, alive)
  population.alive = 2 * alive
}
