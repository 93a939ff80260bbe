/**
 * The least and the most hits of `tries` independent tries with this chance (0 to 1), beyond which either side comes
 * with a chance below half of `surprise`: exact tails of the binomial distribution.
 */
export function hitsWithin(
  attempts: number,
  chance: number,
  surprise: number,
): { least: number; most: number } {
  const chances = chancesOf(attempts, chance)
  const tailOf = (ordered: readonly number[]) => {
    let sum = 0
    return ordered.findIndex((term) => {
      sum += term
      return sum >= surprise / 2
    })
  }
  return { least: tailOf(chances), most: attempts - tailOf([...chances].reverse()) }
}

/** The chance of each number of hits, by sums of logarithms. */
function chancesOf(attempts: number, chance: number): number[] {
  let log = attempts * Math.log1p(-chance)
  return Array.from({ length: attempts + 1 }, (_, hits) => {
    if (hits > 0) log += Math.log((attempts - hits + 1) / hits) + Math.log(chance / (1 - chance))
    return Math.exp(log)
  })
}
