import type { Destination } from './entry.ts'

/**
 * The name of each destination of an entry: the first of subset, host, host:port and host/subset
 * that no other destination of the entry could go by. A destination without subset owns a host
 * that others, with subsets, share. undefined for one that cannot be told apart.
 */
export function destinationNames(destinations: readonly Destination[]): (string | undefined)[] {
  return destinations.map((destination, index) => {
    const others = destinations.filter((_, other) => other !== index)
    return candidates(destination).find((name) =>
      others.every((other) => !claims(other, name, destination)),
    )
  })
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

function claims(other: Destination, name: string, by: Destination): boolean {
  const ownsHost = by.subset === undefined && other.subset !== undefined && by.host === other.host
  if (ownsHost && name === by.host) return false
  return candidates(other).includes(name)
}
