import {
  at,
  isObject,
  type Json,
  type JsonObject,
  objectsAt,
  textAt,
  textsAt,
} from '../../../kube/json.ts'
import type { RouteObject } from '../../route-object.ts'
import { portsOf, type Rule } from '../../rule.ts'
import { asWritten } from '../../written-destinations.ts'
import { ISTIO_FORMAT } from './istio-format.ts'
import { lacksDestinations } from './lacks-destinations.ts'
import { listenersOf, portListenersOf } from './listeners.ts'

/** The fields of the spec that list rules. */
export const RULE_LISTS = ['http', 'tls', 'tcp'] as const

/** The rules of a VirtualService. Those of one protocol are in the order in which they are matched. */
export function virtualServiceRules(object: RouteObject): Rule[] {
  return [...httpRules(object), ...tlsRules(object), ...tcpRules(object)]
}

export function httpRules(object: RouteObject): Rule[] {
  const rules = rulesIn(object, 'http').map(({ json, common }) => ({
    ...common,
    name: named('http', textAt(json, 'name')),
    identity: httpIdentity(json),
  }))
  return withDistinctNames(rules)
}

/** A rule with a name is often the only one with this match, or the only one with this name. Both count. */
function httpIdentity(rule: JsonObject): Json {
  const { name, match } = rule
  if (name === undefined && match === undefined) return null
  return { ...(name === undefined ? {} : { name }), ...(match === undefined ? {} : { match }) }
}

export function tlsRules(object: RouteObject): Rule[] {
  const rules = rulesIn(object, 'tls').map(({ json, common }) => {
    const [sni] = objectsAt(json, 'match').flatMap((match) => textsAt(match, 'sniHosts'))
    return { ...common, name: named('tls', sni), identity: at(json, 'match') ?? null }
  })
  return withDistinctNames(rules)
}

export function tcpRules(object: RouteObject): Rule[] {
  return rulesIn(object, 'tcp').map(({ json, common }) => {
    const [port] = portsOf(common)
    return { ...common, name: named('tcp', port), identity: at(json, 'match') ?? null }
  })
}

/** Rules whose name is their position where another one has the same, or where a text in one line cannot show it. */
function withDistinctNames(rules: readonly Rule[]): Rule[] {
  const counts = new Map<string, number>()
  for (const { name } of rules) counts.set(name, (counts.get(name) ?? 0) + 1)
  return rules.map((rule) => {
    const { name, position, protocol } = rule
    const isShared = counts.get(name) !== 1
    const isBare = name === protocol && rules.length > 1
    return isShared || isBare || !isShownAsItIs(name) ? { ...rule, name: position } : rule
  })
}

/** Whether a message shows the name as the input `route` would read it: inputs are trimmed. */
function isShownAsItIs(name: string): boolean {
  return name === name.trim() && !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(name)
}

/** What all rules have in common, beside the object's own text of the rule. */
type RuleInList = { json: JsonObject; common: Omit<Rule, 'name' | 'identity'> }

function rulesIn(object: RouteObject, protocol: (typeof RULE_LISTS)[number]): RuleInList[] {
  return listAt(object.spec, protocol).flatMap((json, index): RuleInList[] => {
    // An empty item is no rule, but it counts: positions are those in the object.
    if (!isObject(json)) return []
    const lacking = lacksDestinations(json, object.namespace)
    // Likewise, an empty item is no destination, and stays in its place.
    const items = lacking
      ? []
      : listAt(json, 'route').map((item): JsonObject => (isObject(item) ? item : {}))
    const common = {
      position: `${protocol}[${index}]`,
      protocol,
      index,
      path: ['spec', protocol, index],
      listeners: (protocol === 'tcp' ? portListenersOf : listenersOf)(object, json),
      destinations: items.map((item) => ISTIO_FORMAT.parse(item)),
      ...(lacking ? { lacksDestinations: lacking } : {}),
      written: asWritten(items),
      format: ISTIO_FORMAT,
    }
    return [{ json, common }]
  })
}

function named(protocol: string, name: string | number | undefined): string {
  return name === undefined || name === '' ? protocol : `${protocol}:${name}`
}

function listAt(value: Json, key: string): Json[] {
  const list = at(value, key)
  return Array.isArray(list) ? list : []
}
