import { shellQuoted } from '../../problem/shell-quoted.ts'
import { destinationNames } from '../../routes/destination-names.ts'
import { kindOf } from '../../routes/kinds.ts'
import { percentsOf, percentsText } from '../../routes/percents.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import { gatewaysOf, MESH_GATEWAY, type Rule, sharesOf } from '../../routes/rule.ts'
import { ruleText } from '../../routes/rule-texts.ts'
import { uniqueName } from '../../routes/select-rule.ts'

/** A rule that can be shifted, or could be if it had a second destination. */
export type Candidate = {
  object: RouteObject
  /** The version of the API under which the object was read. */
  apiVersion: string
  rule: Rule
  /** The value of the input `route`; undefined where the object has no other candidate. */
  route: string | undefined
  names: readonly string[]
  shares: readonly number[]
}

/** Every rule of an object that has destinations which are Services, and gets traffic. */
export function candidatesOf(object: RouteObject, apiVersion: string): Candidate[] {
  const kind = kindOf(object)
  const rules = kind.rules(object)
  const usable = rules.filter(
    (rule) =>
      rule.destinations.length > 0 &&
      rule.listeners.length > 0 &&
      rule.lacksDestinations === undefined &&
      rule.destinations.every(({ host, otherKind }) => host !== '' && otherKind === undefined) &&
      kind.coveringRule(rule, rules) === undefined,
  )
  return usable.map((rule) => ({
    object,
    apiVersion,
    rule,
    route: usable.length === 1 ? undefined : uniqueName(kind, rule, rules),
    names: destinationNames(rule.destinations),
    shares: sharesOf(rule),
  }))
}

/** Whether only proxies of the mesh have the rule, so that there is no gateway to connect to. */
export function isOfMesh({ rule }: Pick<Candidate, 'rule'>): boolean {
  return gatewaysOf(rule).every((gateway) => gateway === MESH_GATEWAY)
}

/** `VirtualService/web -n demo: v1 100% (to web/v1, at demo/web-gateway)`. */
export function candidateText(candidate: Candidate): string {
  const { object, rule, names, shares } = candidate
  const percents = percentsText(percentsOf(names, shares))
  return `${wordsOf(candidate)}: ${percents} (${rule.protocol} ${ruleText(kindOf(object), rule, undefined)})`
}

/** The words of a command line that name it. */
export function wordsOf({ object, route }: Pick<Candidate, 'object' | 'route'>): string {
  const words = `${object.kind}/${object.name} -n ${object.namespace}`
  return route === undefined ? words : `${words} --route ${shellQuoted(route)}`
}
