const HALF_LOG_TWO_PI = 0.9189385332046727

/** From here on the asymptotic series below is accurate to the last bits of a double. */
const ASYMPTOTIC_FROM = 10

/**
 * ln Γ(x) for x > 0; +Infinity at 0.
 *
 * Stirling's series (Abramowitz and Stegun 6.1.41) where x is large; below that the recurrence
 * Γ(x + 1) = x Γ(x) carries x there first. Absolute error below 1e-14 times the larger of 1 and
 * the value.
 *
 * @example logGamma(5) // ln 24 = 3.178...
 */
export function logGamma(x: number): number {
  if (x < ASYMPTOTIC_FROM) {
    let product = 1
    let shifted = x
    while (shifted < ASYMPTOTIC_FROM) {
      product *= shifted
      shifted += 1
    }
    return series(shifted) - Math.log(product)
  }
  return series(x)
}

function series(x: number): number {
  const inverse = 1 / x
  const square = inverse * inverse
  const correction =
    inverse *
    (1 / 12 -
      square *
        (1 / 360 -
          square *
            (1 / 1260 -
              square *
                (1 / 1680 - square * (1 / 1188 - square * (691 / 360360 - square * (1 / 156)))))))
  return (x - 0.5) * Math.log(x) - x + HALF_LOG_TWO_PI + correction
}

/** ln B(a, b), the logarithm of the beta function, for a, b > 0. */
export function logBeta(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b)
}
