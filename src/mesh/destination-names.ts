import type { Destination } from './entry.ts'
import { fullName } from './host.ts'

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

/**
 * The same for a text that may spell the host otherwise than the rule does: `x/v2` and
 * `x.demo.svc.cluster.local/v2` are one destination. A host alone, so spelled, means no subset of it.
 *
 * @param namespace the route object's own, where a host without dots is
 */
export function meantIndex(
  destinations: readonly Destination[],
  text: string,
  namespace: string,
): number | undefined {
  const index = destinationIndex(destinations, text)
  if (index !== undefined || fitsSeveral(destinations, text)) return index
  const [, host = '', port, subset] = /^([^/:]+)(?::(\d{1,5})|\/([^/]+))?$/.exec(text) ?? []
  const fitting = destinations.flatMap((one, position) => {
    const isHost = fullName(one.host, namespace) === fullName(host, namespace)
    const isPort = port === undefined || Number(port) === one.port
    const isSubset = port !== undefined || subset === one.subset
    return isHost && isPort && isSubset ? [position] : []
  })
  return fitting.length === 1 ? fitting[0] : undefined
}

/** The rule's name for what a text means, else the text. */
export function ownName(
  destinations: readonly Destination[],
  text: string,
  namespace: string,
): string {
  const index = meantIndex(destinations, text, namespace)
  return index === undefined ? text : (destinationNames(destinations)[index] ?? text)
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
