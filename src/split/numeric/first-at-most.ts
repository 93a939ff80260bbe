/** The fewest samples, up to `longest`, at which a falling function is at most `wanted`. */
export function firstAtMost(
  open: (samples: number) => number,
  wanted: number,
  longest: number,
): number {
  let low = 0
  let high = longest
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (open(middle) <= wanted) high = middle
    else low = middle + 1
  }
  return low
}
