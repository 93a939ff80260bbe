/**
 * The known words that are spelled most like `word`, in their order; none where even these differ in more than one
 * letter in three. Upper case and lower case count as the same.
 */
export function nearest(word: string, known: readonly string[]): string[] {
  const distances = known.map((candidate) =>
    typingErrors(word.toLowerCase(), candidate.toLowerCase()),
  )
  const least = Math.min(...distances)
  return 3 * least > word.length ? [] : known.filter((_, index) => distances[index] === least)
}

/** A question after a message: ` Did you mean plan?`; empty where there are no such words. */
export function suggestion(words: readonly string[]): string {
  return words.length === 0 ? '' : ` Did you mean ${words.join(' or ')}?`
}

/**
 * The number of letters to insert, delete, replace or swap with their neighbour to turn one word into the other:
 * `weigth` and `weight` are 1 apart.
 * Source: Damerau 1964, in the form that does not edit inside a swap (optimal string alignment).
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
