import type { ReplyCounts } from '../judge/unanswered-destinations.ts'
import { times } from '../numeric/likelihood-ratio.ts'

/**
 * How expectations may be mixed up: replies that count for destination k come in truth from destination `order[k]`.
 */
export type Order = readonly number[]

/** Up to so many destinations, every order is evaluated; of more, those in which two are swapped. */
const MOST_FOR_ALL = 4

/** Every order but the right one. */
export function wrongOrders(destinations: number): Order[] {
  const right = Array.from({ length: destinations }, (_, index) => index)
  const all = destinations <= MOST_FOR_ALL ? permutations(right) : transpositions(right)
  return all.filter((order) => order.some((from, index) => from !== index))
}

/** The shares that are counted for each destination where expectations are mixed up. */
export function inOrder(shares: readonly number[], order: Order): number[] {
  return order.map((from) => shares[from] ?? 0)
}

/** The destinations whose expectations are at another's place. */
export function mixedUp(order: Order): number[] {
  return order.flatMap((from, index) => (from === index ? [] : [index]))
}

/**
 * ln of how much likelier connections from before the write are with expectations in this order than with the right
 * one; 0 where nothing is known. Infinite where only one of them is possible.
 *
 * @param shares by which those connections were split
 */
export function logInFavour(
  order: Order,
  replyCounts: ReplyCounts | undefined,
  shares: readonly number[],
): number {
  if (replyCounts === undefined) return 0
  const of = (assumed: readonly number[]) =>
    replyCounts.counts.reduce(
      (sum, count, index) => sum + times(count, Math.log(assumed[index] ?? 0)),
      0,
    )
  const [mixed, right] = [of(inOrder(shares, order)), of(shares)]
  // A few connections of a destination without weight: neither is possible, so they say nothing of the order.
  return mixed === right ? 0 : mixed - right
}

function permutations(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]]
  return items.flatMap((first) =>
    permutations(items.filter((item) => item !== first)).map((rest) => [first, ...rest]),
  )
}

function transpositions(items: readonly number[]): number[][] {
  return items.flatMap((one) =>
    items
      .filter((other) => other > one)
      .map((other) => items.map((item) => (item === one ? other : item === other ? one : item))),
  )
}
