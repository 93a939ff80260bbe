/**
 * How tries of one destination against all others get on: after `draws[i]` draws the part
 * `undecided[i]` is undecided and `failed[i]` has failed. The first entry is the start.
 */
export type Survival = { draws: number[]; undecided: number[]; failed: number[] }

/** What holds after `draws` draws, by straight lines between the entries; the last one from there on. */
export function survivalAt(
  { draws, undecided, failed }: Survival,
  wanted: number,
): { undecided: number; failed: number } {
  const next = firstBeyond(draws, wanted)
  const here = next - 1
  const start = draws[here] ?? 0
  const end = draws[next]
  const part = end === undefined ? 0 : (wanted - start) / (end - start)
  return { undecided: between(undecided, here, part), failed: between(failed, here, part) }
}

function between(values: readonly number[], here: number, part: number): number {
  const value = values[here] ?? 0
  return value + part * ((values[here + 1] ?? value) - value)
}

function firstBeyond(rising: readonly number[], value: number): number {
  let low = 0
  let high = rising.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((rising[middle] ?? 0) > value) high = middle
    else low = middle + 1
  }
  return low
}
