import { at, isObject, type Json, type JsonObject, objectsAt, textAt } from '../../../kube/json.ts'
import type { RouteObject } from '../../route-object.ts'
import type { LacksDestinations, Protocol, Rule } from '../../rule.ts'
import type { RouteSelector } from '../../wanted.ts'
import { asWritten } from '../../written-destinations.ts'
import { backendFormat } from './backend-format.ts'
import { hostnamesOf, listenersOf } from './listeners.ts'

/** Rules whose traffic is requests. Only they have names of their own use, matches, and filters. */
export function hasFilters(protocol: Protocol): boolean {
  return protocol === 'http' || protocol === 'grpc'
}

/** The rules of a route of the Gateway API, in the order of the object. */
export function routeRules(object: RouteObject, protocol: Protocol): Rule[] {
  const format = backendFormat(hasFilters(protocol), object.namespace)
  const rules = listAt(object.spec, 'rules').flatMap((json, index): Rule[] => {
    // An empty item is no rule, but it counts: positions are those in the object.
    if (!isObject(json)) return []
    const lacking = lacksDestinations(json)
    const items = listAt(json, 'backendRefs').map(
      (item): JsonObject => (isObject(item) ? item : {}),
    )
    const name = textAt(json, 'name')
    return [
      {
        name: name ? `rule:${name}` : `rule[${index}]`,
        position: `rule[${index}]`,
        protocol,
        index,
        identity: identityOf(json),
        path: ['spec', 'rules', index],
        listeners: listenersOf(object, json),
        hosts: hostnamesOf(object),
        destinations: items.map((item) => format.parse(item)),
        ...(lacking ? { lacksDestinations: lacking } : {}),
        written: asWritten(items),
        format,
      },
    ]
  })
  return withDistinctNames(rules)
}

/** A rule with a name is often the only one with these matches, or the only one with this name. Both count. */
function identityOf(rule: JsonObject): Json {
  const { name, matches } = rule
  if (name === undefined && matches === undefined) return null
  return { ...(name === undefined ? {} : { name }), ...(matches === undefined ? {} : { matches }) }
}

function lacksDestinations(rule: JsonObject): LacksDestinations | undefined {
  if (listAt(rule, 'backendRefs').length > 0) return undefined
  const redirects = objectsAt(rule, 'filters').some(
    (filter) => textAt(filter, 'type') === 'RequestRedirect',
  )
  return { kind: redirects ? 'redirect' : 'none' }
}

/** Rules whose name is their position where another one has the same name. The API accepts only names that a text shows as they are. */
function withDistinctNames(rules: readonly Rule[]): Rule[] {
  const counts = new Map<string, number>()
  for (const { name } of rules) counts.set(name, (counts.get(name) ?? 0) + 1)
  return rules.map((rule) =>
    counts.get(rule.name) === 1 ? rule : { ...rule, name: rule.position },
  )
}

/** The rules that a selector allows by itself: by name or by position. */
export function selectRules(rules: readonly Rule[], selector: RouteSelector): readonly Rule[] {
  if (selector.kind === 'any') return rules
  const { kind, index, text } = selector
  if (kind !== 'rule') return []
  if (index !== undefined) return rules.filter((rule) => rule.index === index)
  return rules.filter(({ identity }) => textAt(identity, 'name') === text)
}

/** The selector that the name of a rule is read as. */
export function selectorOf({ name, index }: Rule): RouteSelector {
  const [, text] = /^rule:(.+)$/s.exec(name) ?? []
  return text === undefined ? { kind: 'rule', index } : { kind: 'rule', text }
}

function listAt(value: Json, key: string): Json[] {
  const list = at(value, key)
  return Array.isArray(list) ? list : []
}
