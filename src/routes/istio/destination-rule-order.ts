import {
  at,
  isObject,
  type Json,
  labelsAt,
  objectsAt,
  sameJson,
  textAt,
  textsAt,
} from '../../kube/json.ts'
import { isWildcard } from '../match/virtual-host.ts'
import { byAge } from './by-age.ts'
import { isForAll } from './export-to.ts'
import { fullName } from './host.ts'

/** A DestinationRule, with the parts that decide to which clients it applies. */
export type DestinationRule = {
  namespace: string
  name: string
  createdAt: string
  /** With its domain. */
  host: string
  exportTo: readonly string[]
  /** Labels of the client Pods that it applies to; undefined: all. */
  selector: Readonly<Record<string, string>> | undefined
  subsets: readonly Subset[]
}

export type Subset = { name: string; labels: Readonly<Record<string, string>> }

/** Several rules for one host that apply as one. */
export type MergedRule = {
  rules: readonly DestinationRule[]
  exportTo: readonly string[]
  selector: DestinationRule['selector']
  subsets: readonly Subset[]
}

/** The proxies that use a Service; undefined where their namespace is not known. */
export type Client = { namespace: string; labels: Readonly<Record<string, string>> } | undefined

export type Lookup = { host: string; serviceNamespace: string; client: Client; root: string }

export function parseDestinationRule(json: Json): DestinationRule {
  const namespace = textAt(json, 'metadata', 'namespace') ?? ''
  const selector = isObject(at(json, 'spec', 'workloadSelector'))
    ? labelsAt(json, 'spec', 'workloadSelector', 'matchLabels')
    : undefined
  return {
    namespace,
    name: textAt(json, 'metadata', 'name') ?? '',
    createdAt: textAt(json, 'metadata', 'creationTimestamp') ?? '',
    host: fullName(textAt(json, 'spec', 'host') ?? '', namespace),
    // A rule with a workloadSelector applies in its own namespace only.
    exportTo: selector ? ['.'] : textsAt(json, 'spec', 'exportTo'),
    selector,
    subsets: objectsAt(json, 'spec', 'subsets').map((subset) => ({
      name: textAt(subset, 'name') ?? '',
      labels: labelsAt(subset, 'labels'),
    })),
  }
}

/**
 * Every set of rules that could apply to a host, in istiod's order, of which the first one does: rules of the client's
 * namespace, then exported rules of the Service's namespace, then exported rules of the root namespace. For clients in
 * the root namespace itself, only its private rules come first.
 * Source: istio, PushContext.destinationRule.
 */
export function rulesInOrder(
  rules: readonly DestinationRule[],
  { host, serviceNamespace, client, root }: Lookup,
): MergedRule[] {
  const exported = (namespace: string) =>
    chosen(
      mostSpecific(
        host,
        rules.filter((rule) => rule.namespace === namespace && !isPrivate(rule)),
      ),
      client,
    )
  const local = client
    ? chosen(
        mostSpecific(
          host,
          rules.filter(
            (rule) =>
              rule.namespace === client.namespace &&
              (client.namespace === root ? isPrivate(rule) : isForOwn(rule)),
          ),
        ),
        undefined,
        client.labels,
      )
    : undefined
  return [local, exported(serviceNamespace), exported(root)].filter((found) => found !== undefined)
}

function isPrivate({ exportTo, namespace }: DestinationRule): boolean {
  return exportTo.length === 1 && ['.', namespace].includes(exportTo[0] ?? '')
}

function isForOwn({ exportTo, namespace }: DestinationRule): boolean {
  return isForAll(exportTo) || exportTo.includes('.') || exportTo.includes(namespace)
}

/**
 * Of the rules for a host, the one for clients with these labels, else the last one for all clients. Where the client's
 * namespace has only rules for other workloads, these hide the rules of other namespaces.
 */
function chosen(
  merged: readonly MergedRule[],
  client: Client,
  labels: Readonly<Record<string, string>> = {},
): MergedRule | undefined {
  const seen = merged.filter(
    ({ exportTo }) => !client || isForAll(exportTo) || exportTo.includes(client.namespace),
  )
  const selecting = seen.find(({ selector }) => selector && hasLabels(labels, selector))
  const forAll = seen.filter(({ selector }) => selector === undefined).at(-1)
  const [other] = seen
  return selecting ?? forAll ?? (other && { ...other, subsets: [] })
}

/** The rules for the host itself, else those for the longest wildcard that matches it. */
function mostSpecific(host: string, rules: readonly DestinationRule[]): MergedRule[] {
  const covering = rules.filter(
    (rule) => rule.host === host || (isWildcard(rule.host) && host.endsWith(rule.host.slice(1))),
  )
  const rankOf = (rule: DestinationRule) =>
    rule.host === host ? Number.POSITIVE_INFINITY : rule.host.length
  const best = Math.max(...covering.map(rankOf))
  return mergedRules(covering.filter((rule) => rankOf(rule) === best))
}

/**
 * Merges rules for one host of one namespace: where they have the same exportTo and apply to the same workloads, the
 * subsets of the younger rule are added to those of the older one.
 * Source: istio, mergeDestinationRule.
 */
function mergedRules(rules: readonly DestinationRule[]): MergedRule[] {
  const bySelector = (rule: DestinationRule) => (rule.selector ? 0 : 1)
  const sorted = [...rules].sort((a, b) => bySelector(a) - bySelector(b) || byAge(a, b))
  return sorted.reduce<MergedRule[]>(addRule, [])
}

function addRule(list: readonly MergedRule[], rule: DestinationRule): MergedRule[] {
  let isAlone = true
  const merged = list.map((known) => {
    const isSuperset = known.exportTo.every((to) => rule.exportTo.includes(to))
    const isEqual = isSuperset && rule.exportTo.length === known.exportTo.length
    isAlone = !isEqual
    if (!isEqual && !(known.exportTo.length > 0 && isSuperset)) return known
    const isSame = sameJson(rule.selector ?? null, known.selector ?? null)
    if (rule.selector && known.selector && !isSame) {
      isAlone = true
      return known
    }
    if (isSame) isAlone = false
    const names = known.subsets.map(({ name }) => name)
    const added = rule.subsets.filter(({ name }) => !names.includes(name))
    return { ...known, rules: [...known.rules, rule], subsets: [...known.subsets, ...added] }
  })
  const { exportTo, selector, subsets } = rule
  return isAlone ? [...merged, { rules: [rule], exportTo, selector, subsets }] : merged
}

/** Whether labels have everything that a selector asks for. */
export function hasLabels(
  labels: Readonly<Record<string, string>>,
  selector: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value)
}
