import { type Json, listAt, objectAt, textsAt } from '../../objects/json.ts'
import { type KubeObject, namespaceOf } from '../../objects/kube-object.ts'
import type { Client } from '../destination-rules.ts'
import { hostsMatch } from '../hosts-match.ts'

/** What a sidecar sees of others: by the namespace of an object and a host. */
export type EgressScope = (namespace: string, host: string) => boolean

/**
 * What the Sidecar object of a client lets it see: one that selects its labels, else one of its namespace for all, else one
 * of the root namespace; without any, everything. Source: istio, getSidecarScope.
 */
export function egressScopeOf(sidecars: readonly KubeObject[], client: Client): EgressScope {
  const hosts = listAt(sidecarOf(sidecars, client) ?? null, 'spec', 'egress').flatMap((one) =>
    textsAt(one, 'hosts'),
  )
  if (hosts.length === 0) return () => true
  const admitted = hosts.map((one) => {
    const [namespace = '', host = ''] = one.split('/')
    return { namespace: namespace === '.' ? client.namespace : namespace, host }
  })
  return (namespace, host) =>
    admitted.some(
      (one) => (one.namespace === '*' || one.namespace === namespace) && hostsMatch(one.host, host),
    )
}

function sidecarOf(sidecars: readonly KubeObject[], client: Client): KubeObject | undefined {
  const own = sidecars.filter((one) => namespaceOf(one) === client.namespace)
  const isForAll = (one: KubeObject) => Object.keys(selectorOf(one)).length === 0
  return (
    own.find((one) => !isForAll(one) && isSelected(selectorOf(one), client)) ??
    own.find(isForAll) ??
    sidecars.find((one) => namespaceOf(one) === client.rootNamespace && isForAll(one))
  )
}

function selectorOf(sidecar: KubeObject): Readonly<Record<string, Json>> {
  return objectAt(sidecar, 'spec', 'workloadSelector', 'labels')
}

function isSelected(selector: Readonly<Record<string, Json>>, { labels }: Client): boolean {
  return Object.entries(selector).every(([label, value]) => labels[label] === value)
}
