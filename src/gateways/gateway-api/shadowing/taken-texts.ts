import type { ApiServer } from '../../../kube/api-server.ts'
import { kubectl } from '../../../kube/kubectl.ts'
import { shellQuoted } from '../../../problem/shell-quoted.ts'
import { kindOf } from '../../../routes/kinds.ts'
import type { RouteObject } from '../../../routes/route-object.ts'
import { trafficWord } from '../../../routes/rule.ts'
import type { AtListener } from '../listener-fit.ts'
import type { Doubt, Ours, Place } from './takers-before.ts'

export function listenerText({ gateway, listener }: AtListener): string {
  return `listener ${listener.name} (port ${listener.port}) of Gateway ${gateway.namespace}/${gateway.name}`
}

/** A place whose traffic other routes get, by their rules that come before ours. */
export type Taken = { at: Place; takers: readonly [Ours, ...Ours[]]; doubt?: Doubt }

/** Which route gets the traffic of a place. */
export function takenText({ at, takers }: Taken, { object: ours, rule }: Ours): string {
  const [{ object: theirs }, ...later] = takers
  const why = theirs.createdAt < ours.createdAt ? 'is older' : 'comes first'
  const traffic =
    trafficWord(rule) === 'request'
      ? `every request that ${rule.position} matches there`
      : 'all connections there'
  return `The weights of ${nameOf(ours)} would have no effect ${placeText(at)}. ${theirs.kind} ${nameOf(theirs)} ${why} and gets ${traffic}.${laterText(later, ours)}`
}

/** The same if that depends on what is not known. */
export function mayTakeText({ at, takers, doubt }: Taken, { object: ours, rule }: Ours): string {
  const [{ object: theirs }, ...later] = takers
  return `${theirs.kind} ${nameOf(theirs)} may get the ${trafficWord(rule)}s ${placeText(at)} before ${nameOf(ours)}. ${doubtText(doubt, theirs)}${laterText(later, ours)}`
}

function doubtText(doubt: Doubt | undefined, theirs: RouteObject): string {
  switch (doubt) {
    case 'kind':
      return 'Whether it does is up to the controller of the Gateway: an HTTPRoute and a GRPCRoute should not share a host.'
    case 'hostnames':
      return 'Whether it does is up to the controller of the Gateway: the hostnames of the two routes differ, and the listener narrows them to this host.'
    default:
      return `The listener selects namespaces by labels, and those of namespace ${theirs.namespace} may not be read here.`
  }
}

function placeText(at: Place): string {
  const where = `at ${listenerText(at)}`
  return at.host === undefined || at.host === '*' ? where : `for host ${at.host} ${where}`
}

function laterText(later: readonly Ours[], ours: RouteObject): string {
  if (later.length === 0) return ''
  const names = later.map(({ object }) => nameOf(object)).join(' and ')
  return ` Without it, ${names} would come before ${nameOf(ours)} too.`
}

export function takenRemedy(api: ApiServer, takers: readonly Ours[]): string {
  const commands = takers.map(
    ({ object }) =>
      `  ${kubectl(api, object.namespace)} get ${kindOf(object).kubectl.one} ${shellQuoted(object.name)} --output yaml`,
  )
  return `Check whether it is still needed there:\n${commands.join('\n')}`
}

/** The same for a place that is taken, where a route that only redirects may be meant to have it. */
export function placeRemedy(api: ApiServer, { takers }: Taken, { object }: Ours): string {
  const remedy = takenRemedy(api, takers)
  const [{ rule }] = takers
  if (rule.lacksDestinations?.kind !== 'redirect') return remedy
  return `${remedy}\nIt redirects the requests. If that is meant, attach ${nameOf(object)} to the other listeners only, by sectionName in its parentRefs.`
}

export function nameOf({ namespace, name }: RouteObject): string {
  return `${namespace}/${name}`
}
