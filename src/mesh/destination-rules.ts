import { didYouMean, nearest } from '../options/did-you-mean.ts'
import type { ApiServer } from './api-server.ts'
import type { Destination } from './entry.ts'
import { type Finding, problem, warning } from './finding.ts'
import { coversHost, serviceOf } from './host.ts'
import { type JsonObject, labelsAt, objectsAt, textAt } from './json.ts'
import { grantingRule, ISTIO_NETWORKING, type Resource, readList } from './resources.ts'

/** The labels that a subset adds to its host's; undefined: nobody could say. */
export type SubsetLabels = (
  destination: Destination,
) => Readonly<Record<string, string>> | undefined

/** Istio's root namespace, whose rules are for all where no nearer one is; this is its usual name. */
const ROOT_NAMESPACE = 'istio-system'

/**
 * Looks up the DestinationRules behind the destinations that are to get weight: a subset that none
 * defines would lose every connection sent to it.
 */
export async function readSubsets(
  api: ApiServer,
  version: string,
  namespace: string,
  destinations: readonly Destination[],
  signal: AbortSignal,
): Promise<{ labels: SubsetLabels; findings: Finding[] }> {
  const withSubset = destinations.filter((destination) => destination.subset !== undefined)
  if (withSubset.length === 0) return { labels: () => ({}), findings: [] }
  const namespaces = new Set([
    namespace,
    ...withSubset.map(
      (destination) => serviceOf(destination.host, namespace)?.namespace ?? namespace,
    ),
  ])
  const reads = await Promise.all(
    [...namespaces].map((where) => readList(api, ruleResource(version, where), signal)),
  )
  const rules = reads.flatMap((read) => (read.kind === 'found' ? read.value : []))
  const denied = reads.flatMap((read) => (read.kind === 'denied' ? [read.resource] : []))
  const labels: SubsetLabels = (destination) =>
    destination.subset === undefined ? {} : subsetLabels(rules, namespace, destination)
  if (denied.length > 0) {
    const skipped = denied.map((resource) =>
      warning(
        `not checked: whether a DestinationRule defines the subsets; listing destinationrules in namespace ${resource.namespace} is not allowed`,
        grantingRule(resource),
      ),
    )
    return { labels, findings: skipped }
  }
  const isUndefined = (destination: Destination) => labels(destination) === undefined
  let grant = ''
  if (withSubset.some(isUndefined) && !namespaces.has(ROOT_NAMESPACE)) {
    const root = await readList(api, ruleResource(version, ROOT_NAMESPACE), signal)
    if (root.kind === 'found') rules.push(...root.value)
    if (root.kind === 'denied')
      grant = `\nOr let the run see the one in ${ROOT_NAMESPACE} that does. ${grantingRule(root.resource)}`
  }
  return {
    labels,
    findings: withSubset
      .filter(isUndefined)
      .map((destination) => noSuchSubset(destination, namespace, rules, grant)),
  }
}

function ruleResource(version: string, namespace: string): Resource {
  return {
    group: ISTIO_NETWORKING,
    version,
    plural: 'destinationrules',
    namespace,
    name: undefined,
  }
}

function subsetLabels(
  rules: readonly JsonObject[],
  namespace: string,
  destination: Destination,
): Record<string, string> | undefined {
  for (const rule of rulesFor(rules, namespace, destination.host)) {
    const subset = objectsAt(rule, 'spec', 'subsets').find(
      (known) => textAt(known, 'name') === destination.subset,
    )
    if (subset) return labelsAt(subset, 'labels')
  }
  return undefined
}

function rulesFor(rules: readonly JsonObject[], namespace: string, host: string): JsonObject[] {
  return rules.filter((rule) =>
    coversHost(
      textAt(rule, 'spec', 'host') ?? '',
      textAt(rule, 'metadata', 'namespace') ?? namespace,
      host,
      namespace,
    ),
  )
}

function noSuchSubset(
  destination: Destination,
  namespace: string,
  rules: readonly JsonObject[],
  grant: string,
): Finding {
  const covering = rulesFor(rules, namespace, destination.host)
  const known = covering.flatMap((rule) =>
    objectsAt(rule, 'spec', 'subsets').flatMap((subset) => textAt(subset, 'name') ?? []),
  )
  const names = covering.map((rule) => textAt(rule, 'metadata', 'name') ?? '')
  const there =
    covering.length === 0
      ? `no DestinationRule is for host ${destination.host}`
      : `DestinationRule ${names.join(', ')} defines ${known.join(', ') || 'none'}${didYouMean(nearest(destination.subset ?? '', known))}`
  return problem(
    'preflight',
    `no DestinationRule defines subset ${destination.subset} of host ${destination.host}: ${there}`,
    `Name one that is defined, or add it to the DestinationRule before the shift:\n  subsets:\n  - name: ${destination.subset}\n    labels: {version: ${destination.subset}}${grant}`,
  )
}
