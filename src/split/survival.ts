/**
 * How tries of one destination against all others get on: after `draws[i]` draws the part
 * `undecided[i]` is undecided and `failed[i]` has failed. The first entry is the start.
 */
export type Survival = { draws: number[]; undecided: number[]; failed: number[] }

/** What holds after `draws` draws, by straight lines between the entries; the last one from there on. */
export function survivalAt(
  survival: Survival,
  draws: number,
): { undecided: number; failed: number } {
  const next = firstBeyond(survival.draws, draws)
  const here = next - 1
  const start = survival.draws[here] ?? 0
  const end = survival.draws[next]
  const part = end === undefined ? 0 : (draws - start) / (end - start)
  const at = (values: readonly number[]) => {
    const value = values[here] ?? 0
    return value + part * ((values[next] ?? value) - value)
  }
  return { undecided: at(survival.undecided), failed: at(survival.failed) }
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
