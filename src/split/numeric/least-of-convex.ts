/** The least value of a convex function of the whole numbers 0 to `last`, by halving. */
export function leastOfConvex(last: number, value: (at: number) => number): number {
  let low = 0
  let high = last
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (value(middle) <= value(middle + 1)) high = middle
    else low = middle + 1
  }
  return value(low)
}
