/** How many of a list's first and last ones are kept. */
type EndsKept = { first: number; last: number }

/** Adds to a list of which only the ends are kept, however long a run is. Returns how many it let go: 0 or 1. */
export function addKeepingEnds<T>(list: T[], item: T, { first, last }: EndsKept): number {
  list.push(item)
  if (list.length <= first + last) return 0
  list.splice(first, 1)
  return 1
}
