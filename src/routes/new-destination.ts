import { isObject, type JsonObject } from '../kube/json.ts'
import { isNamespaceName, isObjectName } from '../kube/names.ts'
import { shownInput } from '../options/problem.ts'
import { didYouMean, nearest } from '../problem/did-you-mean.ts'
import { destinationNames } from './destination-names.ts'
import { serviceOf } from './istio/host.ts'
import { type Destination, type Rule, ruleShares } from './rule.ts'

/** Where a new destination is. What is not given comes from the destination that it is copied from. */
export type NewPlace = { subset: string } | { host: string; port?: number; subset?: string }

/** Reads `HOST/SUBSET`, `HOST:PORT`, or a host with a dot; undefined for a text of another form. */
export function parseNewPlace(text: string): NewPlace | undefined {
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

/** Why a name cannot be added to a rule in a file, where no cluster tells whether it is a subset or a Service. */
export function unclearInFile(rule: Rule, text: string): string {
  const names = destinationNames(rule.destinations)
  const host = rule.destinations[0]?.host ?? 'HOST'
  const isLabel = isNamespaceName(text)
  const examples = isLabel
    ? `${host}/${text} for a subset of ${host}, or the full host name (${text}.NAMESPACE.svc.cluster.local) or ${text}:PORT for a Service`
    : 'HOST/SUBSET for a subset, or HOST:PORT or a host name with a dot for a Service'
  const subset = text.includes('/')
    ? ' The name of a subset has lower-case letters, digits and dashes only, and no dot.'
    : ''
  return `${shownInput(text)} is not a destination of the rule (${names.join(', ')})${didYouMean(nearest(text, names))}.${subset} To add a destination to a file, write ${examples}.`
}

/** The destination of a rule that a place means by another spelling of its host; undefined where there is none. */
export function twinOf(rule: Rule, place: NewPlace, namespace: string): Destination | undefined {
  if (!('host' in place)) return undefined
  const port = place.port ?? rule.destinations[heaviest(rule)]?.port
  return rule.destinations.find(
    (one) =>
      sameService(one.host, place.host, namespace) &&
      one.port === port &&
      one.subset === place.subset,
  )
}

function sameService(a: string, b: string, namespace: string): boolean {
  const [first, second] = [serviceOf(a, namespace), serviceOf(b, namespace)]
  if (first === undefined || second === undefined) return a === b
  return first.name === second.name && first.namespace === second.namespace
}

/** The position of the destination that a new one is copied from: the one with the largest weight, the first of equals. */
export function heaviest(rule: Rule): number {
  const shares = ruleShares(rule)
  return shares.indexOf(Math.max(...shares))
}

export type NewRoute =
  | { ok: true; route: JsonObject; destination: Destination }
  | { ok: false; says: string }

/** A copy of a destination of a rule, with everything that it has, in another place. */
export function newRoute(rule: Rule, place: NewPlace): NewRoute {
  const copied = heaviest(rule)
  const model = rule.written[copied]
  const like = rule.destinations[copied]
  if (model === undefined || like === undefined) return { ok: false, says: 'The rule is empty.' }
  const own = ['headers', 'filters'].find((field) => model[field] !== undefined)
  if (own !== undefined)
    return {
      ok: false,
      says: `A new destination would be a copy of ${destinationNames(rule.destinations)[copied]}, which has ${own} of its own. Add the destination to the rule yourself, then set its weight.`,
    }
  const { weight: _, ...rest } = structuredClone(model)
  const from = isObject(rest.destination) ? rest.destination : {}
  const to = destinationIn(from, place)
  return {
    ok: true,
    route: { ...rest, destination: to },
    destination: {
      host: 'host' in place ? place.host : like.host,
      port: ('host' in place ? place.port : undefined) ?? like.port,
      subset: place.subset,
      weight: undefined,
    },
  }
}

function destinationIn(from: JsonObject, place: NewPlace): JsonObject {
  if (!('host' in place)) return { ...from, subset: place.subset }
  const { subset: _, ...plain } = from
  const to: JsonObject = place.subset === undefined ? plain : { ...from, subset: place.subset }
  const port =
    place.port === undefined
      ? {}
      : { port: { ...(isObject(from.port) ? from.port : {}), number: place.port } }
  return { ...to, host: place.host, ...port }
}
