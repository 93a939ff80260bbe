import {
  isObject,
  type Json,
  type JsonObject,
  objectsAt,
  textAt,
  textsAt,
} from '../../../kube/json.ts'
import type { NamespacedName } from '../../../kube/names.ts'
import type { RouteObject } from '../../route-object.ts'
import { nearness } from '../export-to.ts'
import { hostsOf } from '../host.ts'
import { lacksDestinations } from '../rules/lacks-destinations.ts'
import { qualified } from '../rules/listeners.ts'
import { mergedMatches } from './merged-matches.ts'

/** A VirtualService as istiod has it: the rules of those that it delegates to take the place of the rules that do so. */
export type Merged = {
  object: RouteObject
  /** For each of its http rules, the object that has it, and the position there. */
  origins: readonly Origin[]
}

export type Origin = { object: RouteObject; index: number }

/**
 * Puts the rules of delegates in the place of the rules that delegate. A delegate has no hosts, and must be visible in
 * the namespace of the object. A rule whose delegate is missing is left out.
 * Source: istio, mergeVirtualServices and MergeHTTPRoutes.
 */
export function withDelegates(
  root: RouteObject,
  find: (name: NamespacedName) => RouteObject | undefined,
): Merged {
  const own = listAt(root.spec.http)
  if (!own.some((rule) => delegateOf(rule, root.namespace))) {
    return { object: root, origins: own.map((_, index) => ({ object: root, index })) }
  }
  const merged = own.flatMap((rule, index): { rule: Json; origin: Origin }[] => {
    const name = delegateOf(rule, root.namespace)
    if (name === undefined) return [{ rule, origin: { object: root, index } }]
    const delegate = find(name)
    if (!delegate || !isVisible(delegate, root)) return []
    return listAt(delegate.spec.http).flatMap((inner, position) => {
      const placed = mergedRule(rule, inner, delegate.namespace)
      return placed ? [{ rule: placed, origin: { object: delegate, index: position } }] : []
    })
  })
  const spec = { ...root.spec, http: merged.map(({ rule }) => rule) }
  const object = { ...root, spec, raw: { ...root.raw, spec } }
  return { object, origins: merged.map(({ origin }) => origin) }
}

/** The object that a rule delegates to. */
export function delegateOf(rule: Json, namespace: string): NamespacedName | undefined {
  const lacking = isObject(rule) ? lacksDestinations(rule, namespace) : undefined
  return lacking?.kind === 'delegate' ? lacking : undefined
}

function isVisible(delegate: RouteObject, root: RouteObject): boolean {
  const exportTo = textsAt(delegate.spec, 'exportTo')
  return (
    hostsOf(delegate).length === 0 &&
    nearness(exportTo, delegate.namespace, root.namespace) !== undefined
  )
}

function mergedRule(root: Json, inner: Json, namespace: string): JsonObject | undefined {
  if (!isObject(inner)) return undefined
  const own = objectsAt(inner, 'match').map((match) =>
    match.gateways === undefined
      ? match
      : { ...match, gateways: textsAt(match, 'gateways').map((one) => qualified(one, namespace)) },
  )
  const match = mergedMatches(objectsAt(root, 'match'), own)
  if (match === undefined) return undefined
  const [outerName, name] = [textAt(root, 'name') ?? '', textAt(inner, 'name') ?? '']
  const joined = [outerName, name].filter((one) => one !== '').join('-')
  const { match: _, name: __, ...rest } = inner
  return {
    ...(joined === '' ? {} : { name: joined }),
    ...(match.length === 0 ? {} : { match: [...match] }),
    ...rest,
  }
}

function listAt(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : []
}
