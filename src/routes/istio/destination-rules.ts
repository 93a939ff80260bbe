import { grantingRule, type Resource } from '../../kube/resources.ts'
import { type Problem, warning } from '../../problem/problem.ts'
import type { BackendLabels, BackendSearch, Backends } from '../route-kind.ts'
import type { Destination } from '../rule-format.ts'
import { fullName, serviceOf } from './host.ts'
import { noSuchSubset } from './no-such-subset.ts'
import { ISTIO_NAMESPACE, readRootNamespace } from './root-namespace.ts'
import { type MergedRule, rulesInOrder } from './rule-lookup.ts'
import { openRules, type RuleReader } from './rule-reader.ts'

/** The rules that could count for a destination, the one that does first. */
type Sight = (destination: Destination) => MergedRule[]

/**
 * Looks up the DestinationRules behind the destinations that are to get weight: a subset that the
 * gateway does not know would lose every connection sent to it.
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
    warning(
      'ITS-PREFLIGHT',
      `not checked: whether a DestinationRule ${isOfService(resource.namespace) ? 'defines' : "of the gateway's namespace hides"} the subsets; listing destinationrules in namespace ${resource.namespace} is not allowed`,
      grantingRule(resource),
    ),
  )
  const sightAt =
    (root: string): Sight =>
    (destination) =>
      rulesInOrder(reader.rules, {
        host: fullName(destination.host, search.namespace),
        serviceNamespace: namespaceOf(destination, search.namespace),
        client: pods,
        root,
      })
  const isBlind = reader.denied.some(({ namespace }) => isOfService(namespace))
  const { sight, grant, notSure } = isBlind
    ? { sight: sightAt(ISTIO_NAMESPACE), grant: '', notSure: [] }
    : await sightOfRoot({ search, reader, withSubset, sightAt }, signal)
  const labels: BackendLabels = (destination) =>
    destination.subset === undefined ? {} : labelsIn(sight(destination), destination)
  if (isBlind) return { labels, findings: skipped }
  const missing = withSubset.filter((destination) => labels(destination) === undefined)
  const errors = missing.map((destination) =>
    noSuchSubset(destination, { found: sight(destination), rules: reader.rules, pods, grant }),
  )
  return { labels, findings: [...skipped, ...notSure, ...errors] }
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
  sightAt: (root: string) => Sight
}

/**
 * What the gateway sees. Which namespace is Istio's root is asked only where that decides whether a
 * subset is defined.
 */
async function sightOfRoot(
  { search, reader, withSubset, sightAt }: RootSearch,
  signal: AbortSignal,
): Promise<{ sight: Sight; grant: string; notSure: Problem[] }> {
  const areDefined = (sight: Sight) =>
    withSubset.every((destination) => labelsIn(sight(destination), destination) !== undefined)
  const usual = sightAt(ISTIO_NAMESPACE)
  if (areDefined(usual) && areDefined(sightAt(''))) return { sight: usual, grant: '', notSure: [] }
  const { root, denied } = await readRootNamespace(search.api, signal)
  const sight = sightAt(root)
  if (areDefined(sight)) return { sight, grant: '', notSure: denied ? [rootNotKnown(denied)] : [] }
  const before = reader.denied.length
  await reader.read(root)
  const hidden = reader.denied[before] ?? denied
  const grant = hidden
    ? `\nOr let the run see whether Istio's root namespace has one. ${grantingRule(hidden)}`
    : ''
  return { sight, grant, notSure: [] }
}

function rootNotKnown(denied: Resource): Problem {
  return warning(
    'ITS-PREFLIGHT',
    `not checked: whether ${ISTIO_NAMESPACE} is the root namespace of the mesh; if it is not, DestinationRules there hide subsets from the gateway`,
    grantingRule(denied),
  )
}
