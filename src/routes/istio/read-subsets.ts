import { grantingRule, type Resource } from '../../kube/resources.ts'
import { type Problem, warning } from '../../problem/problem.ts'
import type { BackendLabels, BackendSearch, Backends } from '../route-kind.ts'
import type { Destination } from '../rule-format.ts'
import { type MergedRule, rulesInOrder } from './destination-rule-order.ts'
import { openRules, type RuleReader } from './destination-rule-reader.ts'
import { fullName, serviceOf } from './host.ts'
import { ISTIO_NAMESPACE, readRootNamespace } from './root-namespace.ts'
import { undefinedSubset } from './undefined-subset.ts'

/** The DestinationRules that could apply to a destination. The first one does. */
type RulesFor = (destination: Destination) => MergedRule[]

/**
 * Looks up the DestinationRules of destinations that are to get weight. Every connection to a subset that the gateway
 * does not know would be lost.
 */
export async function readSubsets(
  search: BackendSearch,
  destinations: readonly Destination[],
  signal: AbortSignal,
): Promise<Backends> {
  const withSubset = destinations.filter((destination) => destination.subset !== undefined)
  if (withSubset.length === 0) return { labels: () => ({}), findings: [] }
  const reader = openRules(search, signal)
  const serviceNamespaces = withSubset.map((one) => namespaceOf(one, search.namespace))
  const [pods] = await Promise.all([
    search.gatewayPods?.then(async (found) => {
      if (found) await reader.read(found.namespace)
      return found
    }),
    ...serviceNamespaces.map(reader.read),
  ])
  const isOfService = (namespace = '') => serviceNamespaces.includes(namespace)
  const skipped = reader.denied.map((resource) =>
    notChecked(resource, isOfService(resource.namespace)),
  )
  const rulesOf =
    (root: string): RulesFor =>
    (destination) =>
      rulesInOrder(reader.rules, {
        host: fullName(destination.host, search.namespace),
        serviceNamespace: namespaceOf(destination, search.namespace),
        client: pods,
        root,
      })
  const isUnreadable = reader.denied.some(({ namespace }) => isOfService(namespace))
  const { rulesFor, grant, unsure } = isUnreadable
    ? { rulesFor: rulesOf(ISTIO_NAMESPACE), grant: '', unsure: [] }
    : await withRootNamespace({ search, reader, withSubset, rulesOf }, signal)
  const labels: BackendLabels = (destination) =>
    destination.subset === undefined ? {} : labelsIn(rulesFor(destination), destination)
  if (isUnreadable) return { labels, findings: skipped }
  const errors = withSubset
    .filter((destination) => labels(destination) === undefined)
    .map((destination) =>
      undefinedSubset(destination, {
        found: rulesFor(destination),
        rules: reader.rules,
        pods,
        grant,
      }),
    )
  return { labels, findings: [...skipped, ...unsure, ...errors] }
}

function notChecked(resource: Resource, isOfService: boolean): Problem {
  const what = isOfService
    ? 'defines the subsets'
    : "of the gateway's namespace hides subsets of the destinations"
  return warning(
    'ITS-SUBSETS-NOT-CHECKED',
    `Not checked: whether a DestinationRule ${what}. Listing destinationrules in namespace ${resource.namespace} is not allowed.`,
    grantingRule(resource),
  )
}

function namespaceOf({ host }: Destination, namespace: string): string {
  return serviceOf(host, namespace)?.namespace ?? namespace
}

function labelsIn([rule]: readonly MergedRule[], { subset }: Destination) {
  return rule?.subsets.find(({ name }) => name === subset)?.labels
}

type RootSearch = {
  search: BackendSearch
  reader: RuleReader
  withSubset: readonly Destination[]
  rulesOf: (root: string) => RulesFor
}

/** The rules that the gateway sees. Istio's root namespace is read only where it decides whether a subset is defined. */
async function withRootNamespace(
  { search, reader, withSubset, rulesOf }: RootSearch,
  signal: AbortSignal,
): Promise<{ rulesFor: RulesFor; grant: string; unsure: Problem[] }> {
  const areDefined = (rulesFor: RulesFor) =>
    withSubset.every((destination) => labelsIn(rulesFor(destination), destination) !== undefined)
  const usual = rulesOf(ISTIO_NAMESPACE)
  if (areDefined(usual) && areDefined(rulesOf('')))
    return { rulesFor: usual, grant: '', unsure: [] }
  const { root, denied } = await readRootNamespace(search.api, signal)
  const rulesFor = rulesOf(root)
  if (areDefined(rulesFor))
    return { rulesFor, grant: '', unsure: denied ? [rootUnknown(denied)] : [] }
  const before = reader.denied.length
  await reader.read(root)
  const unread = reader.denied[before] ?? denied
  const grant = unread
    ? `\nOr let the run read whether Istio's root namespace defines it. ${grantingRule(unread)}`
    : ''
  return { rulesFor, grant, unsure: [] }
}

function rootUnknown(denied: Resource): Problem {
  return warning(
    'ITS-SUBSETS-NOT-CHECKED',
    `Not checked: whether ${ISTIO_NAMESPACE} is the root namespace of the mesh. If it is not, DestinationRules there hide subsets from the gateway.`,
    grantingRule(denied),
  )
}
