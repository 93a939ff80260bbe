import type { Destination } from './entry.ts'

/**
 * The name of each destination of a rule: the first of subset, host, host:port and host/subset that
 * no other destination of the rule could go by. A destination without subset owns a host that
 * others, with subsets that only they have, share: none of these goes by the host, with it or
 * without it, so the name of one never becomes the name of another. Where nothing is unique, the position: `[0]`.
 */
export function destinationNames(destinations: readonly Destination[]): string[] {
  return destinations.map((destination, index) => {
    const others = destinations.filter((_, other) => other !== index)
    const unique = candidates(destination).find((name) =>
      others.every((other) => !claims(other, name, destination, destinations)),
    )
    return unique ?? `[${index}]`
  })
}

/**
 * The position of the destination that a text means: by its name, or by any other of its forms that
 * only it has; undefined where there is none.
 */
export function destinationIndex(
  destinations: readonly Destination[],
  text: string,
): number | undefined {
  const named = destinationNames(destinations).indexOf(text)
  if (named >= 0) return named
  const [only, second] = fitting(destinations, text)
  return second === undefined ? only : undefined
}

/** Whether a text is a form of several destinations and the name of none. */
export function fitsSeveral(destinations: readonly Destination[], text: string): boolean {
  const isName = destinationNames(destinations).includes(text)
  return !isName && fitting(destinations, text).length > 1
}

function fitting(destinations: readonly Destination[], text: string): number[] {
  return destinations.flatMap((destination, index) =>
    [...candidates(destination), `[${index}]`].includes(text) ? [index] : [],
  )
}

function candidates(destination: Destination): string[] {
  const { host, port, subset } = destination
  return [
    ...(subset === undefined ? [] : [subset]),
    host,
    ...(port === undefined ? [] : [`${host}:${port}`]),
    ...(subset === undefined ? [] : [`${host}/${subset}`]),
  ]
}

function claims(
  other: Destination,
  name: string,
  by: Destination,
  all: readonly Destination[],
): boolean {
  const isHostOfBoth = by.subset === undefined && by.host === other.host && name === by.host
  const hasOwnSubset =
    other.subset !== undefined && all.every((one) => one === other || one.subset !== other.subset)
  if (isHostOfBoth && hasOwnSubset) return false
  return candidates(other).includes(name)
}
