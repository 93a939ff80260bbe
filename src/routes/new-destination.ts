import { isNamespaceName, isObjectName } from '../kube/names.ts'
import { inputProblem, type Problem, problem } from '../problem/problem.ts'
import { failure, type Result, success } from '../problem/result.ts'
import { nearest, suggestion } from '../problem/suggestion.ts'
import { destinationNames } from './destination-names.ts'
import { serviceOf } from './istio/host.ts'
import { type Rule, sharesOf } from './rule.ts'
import type { Destination, NewDestination } from './rule-format.ts'
import { shownName } from './shown-name.ts'
import { asWritten, itemsOf, type WrittenDestinations } from './written-destinations.ts'

/** A destination that a run adds to a rule. */
export type Addition = {
  destination: Destination
  /** The same as a list of one. */
  written: WrittenDestinations
}

/** Reads `HOST/SUBSET`, `HOST:PORT`, or a host with a dot; undefined for a text of another form. */
export function parseNewDestination(text: string): NewDestination | undefined {
  const [host = '', subset, ...rest] = text.split('/')
  if (subset !== undefined)
    return rest.length === 0 && isObjectName(host) && isNamespaceName(subset)
      ? { host, subset }
      : undefined
  const [, named = '', portText = ''] = /^(.+):(\d{1,5})$/.exec(text) ?? []
  const port = Number(portText)
  if (isObjectName(named) && port >= 1 && port <= 65535) return { host: named, port }
  return text.includes('.') && isObjectName(text) ? { host: text } : undefined
}

/** The problem of a name that cannot be added to a rule in a file, where no cluster shows whether it is a subset or a Service. */
export function unclearInFile(rule: Rule, text: string): Problem {
  const names = destinationNames(rule.destinations)
  const host = rule.destinations[0]?.host ?? 'HOST'
  const isLabel = isNamespaceName(text)
  const examples = isLabel
    ? `${host}/${text} for a subset of ${host}, or the full host name (${text}.NAMESPACE.svc.cluster.local) or ${text}:PORT for a Service`
    : 'HOST/SUBSET for a subset, or HOST:PORT or a host name with a dot for a Service'
  const subset = text.includes('/')
    ? ' A subset name has only lower-case letters, digits and dashes, and no dot.'
    : ''
  return inputProblem(
    'subset',
    'ITS-MANIFEST-DESTINATION-UNCLEAR',
    `${shownName(text)} is not a destination of the rule (${names.join(', ')}).${suggestion(nearest(text, names))}${subset}`,
    `To add a destination to a file, write ${examples}.`,
  )
}

/** The destination that the rule already has in this place, however its host is spelled; undefined where there is none. */
export function destinationAt(
  rule: Rule,
  place: NewDestination,
  namespace: string,
): Destination | undefined {
  if (!('host' in place)) return undefined
  const port = place.port ?? rule.destinations[largestIndex(rule)]?.port
  return rule.destinations.find(
    (one) =>
      isSameHost(one.host, place.host, namespace) &&
      one.port === port &&
      one.subset === place.subset,
  )
}

function isSameHost(a: string, b: string, namespace: string): boolean {
  const [first, second] = [serviceOf(a, namespace), serviceOf(b, namespace)]
  if (first === undefined || second === undefined) return a === b
  return first.name === second.name && first.namespace === second.namespace
}

/** The position of the destination that a new one is copied from: the one with the largest weight, the first of equals. */
export function largestIndex(rule: Rule): number {
  const shares = sharesOf(rule)
  return shares.indexOf(Math.max(...shares))
}

/** A copy of a destination of the rule in another place, with everything that it has but its weight. */
export function addedTo(rule: Rule, place: NewDestination): Result<Addition> {
  const copied = largestIndex(rule)
  const { format } = rule
  const written = itemsOf(rule.written)[copied]
  // What a run has left of its own is no part of the destination.
  const model =
    written && format.stamp?.of(written) ? format.stamp.stamped(written, undefined) : written
  const name = destinationNames(rule.destinations)[copied]
  if (model === undefined)
    return failure(problem('ITS-RULE-INCOMPLETE', 'The rule has no destinations.'))
  const own = format.uncopied.find((field) => model[field] !== undefined)
  if (own !== undefined)
    return failure(
      problem(
        'ITS-DESTINATION-NOT-COPIED',
        `A new destination would be a copy of ${name}, which has ${own} of its own.`,
        'Add the destination to the rule yourself, then set its weight.',
      ),
    )
  const { [format.weight]: _, ...rest } = structuredClone(model)
  const item = format.moved(rest, place)
  return success({ destination: format.parse(item), written: asWritten([item]) })
}
