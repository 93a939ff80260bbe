import { type Json, listAt, objectAt, textAt, textsAt } from '../objects/json.ts'
import { type KubeObject, namespaceOf } from '../objects/kube-object.ts'
import { byAge } from './by-age.ts'
import type { Credential } from './tls/credentials.ts'
import { fqdnOf } from './virtual-services.ts'

/** The client: the proxies of a namespace, with these labels. */
export type Client = {
  namespace: string
  labels: Readonly<Record<string, string>>
  rootNamespace: string
  /** The certificate in its Pods, for servers that name no Secret. */
  mounted: Credential
}

/** DestinationRules for one host that istiod merged: their subsets, and their exportTo. */
type Merged = {
  exportTo: ReadonlySet<string>
  namespace: string
  selector: Json
  subsets: Json[]
  trafficPolicy: Json
}

/** What DestinationRules say of a Service. */
export type ServiceRules = Pick<Merged, 'subsets' | 'trafficPolicy'>

/**
 * The subsets and the policy of a Service for a client's proxies. DestinationRules of the client's own namespace come first, then
 * exported ones of the Service's namespace, then exported ones of the root namespace. The first of these with a rule for
 * the host counts. In the root namespace itself, only private rules come first.
 */
export function rulesFor(
  service: KubeObject,
  rules: readonly KubeObject[],
  client: Client,
): ServiceRules {
  const host = fqdnOf(service.metadata.name, service)
  const sorted = [...rules].sort(bySelectorAndAge)
  const of = (namespace: string, keep: (rule: KubeObject) => boolean) =>
    mostSpecific(
      host,
      sorted.filter((rule) => namespaceOf(rule) === namespace && keep(rule)),
    )
  const own =
    client.namespace === client.rootNamespace
      ? of(client.namespace, isPrivate)
      : of(client.namespace, isForOwnNamespace)
  const exported = (namespace: string) =>
    of(namespace, (rule) => !isPrivate(rule)).filter(({ exportTo }) =>
      [...exportTo, ...(exportTo.size === 0 ? ['*'] : [])].some(
        (one) => one === '*' || one === client.namespace,
      ),
    )
  const lists = [own, exported(namespaceOf(service)), exported(client.rootNamespace)]
  const found = lists.find((list) => list.length > 0) ?? []
  const selected = found.find(
    ({ selector, namespace }) =>
      selector !== null && namespace === client.namespace && isWithin(selector, client.labels),
  )
  const last = found.filter(({ selector }) => selector === null).at(-1)
  return selected ?? last ?? { subsets: [], trafficPolicy: null }
}

function selectorOf(rule: KubeObject): Json {
  const labels = objectAt(rule, 'spec', 'workloadSelector', 'matchLabels')
  return Object.keys(labels).length === 0 ? null : labels
}

function exportToOf(rule: KubeObject): string[] {
  return selectorOf(rule) === null ? textsAt(rule, 'spec', 'exportTo') : ['.']
}

function isPrivate(rule: KubeObject): boolean {
  const exportTo = exportToOf(rule)
  return exportTo.length === 1 && ['.', namespaceOf(rule)].includes(exportTo[0] ?? '')
}

function isForOwnNamespace(rule: KubeObject): boolean {
  const exportTo = exportToOf(rule)
  return exportTo.length === 0 || exportTo.some((to) => ['*', '.', namespaceOf(rule)].includes(to))
}

function bySelectorAndAge(one: KubeObject, other: KubeObject): number {
  const rankOf = (rule: KubeObject) => (selectorOf(rule) === null ? 1 : 0)
  return rankOf(one) - rankOf(other) || byAge(one, other)
}

/** The DestinationRules of the host, else of the longest wildcard that covers it, merged as in istiod. */
function mostSpecific(host: string, rules: readonly KubeObject[]): Merged[] {
  const hostOf = (rule: KubeObject) => fqdnOf(textAt(rule, 'spec', 'host') ?? '', rule)
  const covering = rules
    .map(hostOf)
    .filter((known) => known === host || (known.startsWith('*') && host.endsWith(known.slice(1))))
  const rankOf = (known: string) => (known === host ? Number.POSITIVE_INFINITY : known.length)
  const best = covering.sort((a, b) => rankOf(b) - rankOf(a))[0]
  const merged: Merged[] = []
  for (const rule of rules.filter((one) => hostOf(one) === best)) merge(merged, rule)
  return merged
}

/** DestinationRules are merged if their exports allow it, and if both select the same workloads or none. */
function merge(list: Merged[], rule: KubeObject): void {
  const exportTo = new Set(exportToOf(rule))
  const selector = selectorOf(rule)
  const subsets = listAt(rule, 'spec', 'subsets')
  let standsAlone = true
  for (const known of list) {
    const isSuperset = [...known.exportTo].every((one) => exportTo.has(one))
    const isEqual = isSuperset && exportTo.size === known.exportTo.size
    standsAlone = !isEqual
    if (!isEqual && !(known.exportTo.size > 0 && isSuperset)) continue
    const isSame = JSON.stringify(selector) === JSON.stringify(known.selector)
    if (selector !== null && known.selector !== null && !isSame) {
      standsAlone = true
      continue
    }
    if (isSame) standsAlone = false
    const names = known.subsets.map((one) => textAt(one, 'name'))
    known.subsets.push(...subsets.filter((one) => !names.includes(textAt(one, 'name'))))
  }
  if (standsAlone)
    list.push({
      ...{ exportTo, namespace: namespaceOf(rule), selector, subsets: [...subsets] },
      trafficPolicy: objectAt(rule, 'spec', 'trafficPolicy'),
    })
}

function isWithin(selector: Json, labels: Readonly<Record<string, string>>): boolean {
  return Object.entries(objectAt(selector)).every(([label, value]) => labels[label] === value)
}
