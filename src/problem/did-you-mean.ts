/**
 * The known words that are written most nearly like `word`, in their order; none where even these
 * differ in more than one letter in three. Capitals count as small ones.
 */
export function nearest(word: string, known: readonly string[]): string[] {
  const distances = known.map((candidate) =>
    typingErrors(word.toLowerCase(), candidate.toLowerCase()),
  )
  const least = Math.min(...distances)
  return 3 * least > word.length ? [] : known.filter((_, index) => distances[index] === least)
}

/** A question to end a message with: ` (did you mean plan?)`; empty where there are no such words. */
export function didYouMean(words: readonly string[]): string {
  return words.length === 0 ? '' : ` (did you mean ${words.join(' or ')}?)`
}

/**
 * How many letters have to be put in, left out, changed or swapped with their neighbour to get from
 * one word to the other: `weigth` and `weight` are 1 apart.
 * Source: Damerau 1964, in the form without changes inside of a swap (optimal string alignment).
 */
function typingErrors(from: string, to: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let row = 1; row <= from.length; row++) {
    const current = [row]
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1]
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      current[column] = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (same ? 0 : 1),
        swapped ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
      )
    }
    beforeLast = last
    last = current
  }
  return at(last, to.length)
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY
}
