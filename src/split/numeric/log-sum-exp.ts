/**
 * ln of the sum of exp(value) over the values, without overflow: the largest is taken out first.
 * -Infinity for an empty list or where every value is -Infinity; Infinity where one value is.
 */
export function logSumExp(values: readonly number[] | Float64Array): number {
  let largest = Number.NEGATIVE_INFINITY
  for (const value of values) if (value > largest) largest = value
  if (!Number.isFinite(largest)) return largest
  let sum = 0
  for (const value of values) sum += Math.exp(value - largest)
  return largest + Math.log(sum)
}
