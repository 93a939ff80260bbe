import type { Rule } from './rule.ts'
import type { Destination } from './rule-format.ts'

/**
 * The name of each destination of a rule: the first of its forms that no other destination of the rule has as one of its
 * own. A destination without a subset keeps the name of a host that it shares with
 * destinations whose subsets are unique: those are never named by the host, so no name moves from one destination to
 * another. Where nothing is unique, the position: `[0]`.
 */
export function destinationNames(destinations: readonly Destination[]): string[] {
  const known = KNOWN.get(destinations)
  if (known) return [...known]
  const claimants = new Map<string, Destination[]>()
  const withSubset = new Map<string, number>()
  for (const one of destinations) {
    for (const name of one.forms) push(claimants, name, one)
    if (one.subset !== undefined) withSubset.set(one.subset, (withSubset.get(one.subset) ?? 0) + 1)
  }
  const hasOwnSubset = ({ subset }: Destination) =>
    subset !== undefined && withSubset.get(subset) === 1
  const names = destinations.map((destination, index) => {
    const unique = destination.forms.find((name) => {
      const isOwnHost = destination.subset === undefined && name === destination.host
      return (claimants.get(name) ?? []).every(
        (other) =>
          other === destination || (isOwnHost && other.host === name && hasOwnSubset(other)),
      )
    })
    return unique ?? `[${index}]`
  })
  KNOWN.set(destinations, names)
  return [...names]
}

/** Names are needed often, and a rule may have thousands of destinations. */
const KNOWN = new WeakMap<readonly Destination[], string[]>()

/**
 * The position of the destination that a text names, by its name or by another form that only it has; undefined where
 * there is none.
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

type Named = Pick<Rule, 'destinations' | 'format'>

/**
 * The same for a text that may write the host in another form than the rule: `x/v2` and `x.demo.svc.cluster.local/v2`
 * are one destination.
 *
 * @param namespace of the route object
 */
export function meantIndex(
  { destinations, format }: Named,
  text: string,
  namespace: string,
): number | undefined {
  const index = destinationIndex(destinations, text)
  if (index !== undefined || fitsSeveral(destinations, text)) return index
  const meant = destinations.flatMap((one, position) =>
    format.means(one, text, namespace) ? [position] : [],
  )
  return meant.length === 1 ? meant[0] : undefined
}

/** The rule's own name for the destination that a text names, else the text. */
export function ownName(rule: Named, text: string, namespace: string): string {
  const index = meantIndex(rule, text, namespace)
  return index === undefined ? text : (destinationNames(rule.destinations)[index] ?? text)
}

/** Whether a text is a form of several destinations and the name of none. */
export function fitsSeveral(destinations: readonly Destination[], text: string): boolean {
  const isName = destinationNames(destinations).includes(text)
  return !isName && fitting(destinations, text).length > 1
}

function fitting(destinations: readonly Destination[], text: string): number[] {
  return destinations.flatMap((destination, index) =>
    [...destination.forms, `[${index}]`].includes(text) ? [index] : [],
  )
}

function push(lists: Map<string, Destination[]>, name: string, one: Destination): void {
  const list = lists.get(name)
  if (list) list.push(one)
  else lists.set(name, [one])
}
