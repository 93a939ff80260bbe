import { objectsAt } from '../../kube/json.ts'
import { grantingRule, ISTIO_NETWORKING, type Resource, readList } from '../../kube/resources.ts'
import { type Problem, problem, warning } from '../../problem/problem.ts'
import { byAge } from '../../routes/istio/by-age.ts'
import { hostsOf } from '../../routes/istio/host.ts'
import { delegateOf, withDelegates } from '../../routes/istio/match/delegates.ts'
import { canMeet } from '../../routes/istio/revision.ts'
import { httpRules } from '../../routes/istio/rules/virtual-service-rules.ts'
import { parseRouteObject, type RouteObject } from '../../routes/route-object.ts'
import type { Rule } from '../../routes/rule.ts'
import { type GatewaySearch, GIVE_ENDPOINT, type ServedAs } from '../gateway-search.ts'
import type { Ours } from './shadowing/takers-before.ts'

/** A rule as gateways have it: in an object that delegates to its own one; or why that is not known. */
export type ServedRule =
  | { kind: 'own' }
  | { kind: 'delegated'; served: ServedAs; findings: readonly Problem[] }
  | { kind: 'unknown'; finding: Problem; isForbidden: boolean }

/** Whether gateways use an object's http rules only through objects that delegate to it. */
export function isDelegate({ object, rule }: Ours): boolean {
  return rule.protocol === 'http' && hostsOf(object).length === 0
}

/** Finds the object that delegates to the one of a rule, and the rule in it. It is the oldest one, if there are several. */
export async function findServedRule(
  search: Pick<GatewaySearch, 'api' | 'apiVersion' | 'object' | 'rule'>,
  signal: AbortSignal,
): Promise<ServedRule> {
  const { api, apiVersion, object, rule } = search
  if (!isDelegate(search) && !delegatesToOthers(search)) return { kind: 'own' }
  const resource: Resource = {
    group: ISTIO_NETWORKING,
    version: apiVersion,
    plural: 'virtualservices',
    namespace: undefined,
    name: undefined,
  }
  const read = await readList(api, resource, signal)
  if (read.kind === 'denied' && !isDelegate(search)) return { kind: 'own' }
  if (read.kind === 'denied')
    return { kind: 'unknown', finding: notListed(object, resource), isForbidden: true }
  const all = (read.kind === 'found' ? read.value : []).flatMap(
    (json) => parseRouteObject(json) ?? [],
  )
  if (!isDelegate(search)) return servedWithDelegates(search, all)
  const [first, ...others] = all
    .filter((one) => canMeet(object.raw, one.raw))
    .sort(byAge)
    .flatMap((root) => servedBy(root, all, { object, rule }))
  if (first === undefined) return { kind: 'unknown', finding: notUsed(object), isForbidden: false }
  return { kind: 'delegated', served: first, findings: notProbed(first, others) }
}

/** Whether an object has rules of its own, and others that delegate. */
function delegatesToOthers({ object, rule }: Ours): boolean {
  return (
    rule.protocol === 'http' &&
    objectsAt(object.spec, 'http').some((one) => delegateOf(one, object.namespace) !== undefined)
  )
}

/** A rule of an object among those of the objects that it delegates to. */
function servedWithDelegates({ object, rule }: Ours, all: readonly RouteObject[]): ServedRule {
  const merged = mergedIn(object, all)
  const { origins } = merged
  const index = origins.findIndex(
    (origin) => origin.object === object && origin.index === rule.index,
  )
  const found = httpRules(merged.object).find((one) => one.index === index)
  if (found === undefined) return { kind: 'own' }
  return {
    kind: 'delegated',
    served: { object: merged.object, rule: found, origins },
    findings: [],
  }
}

/** The rule in an object that delegates to its own one. */
function servedBy(root: RouteObject, all: readonly RouteObject[], ours: Ours): Ours[] {
  const { namespace, name } = ours.object
  const delegates = objectsAt(root.spec, 'http').some((rule) => {
    const to = delegateOf(rule, root.namespace)
    return to?.namespace === namespace && to.name === name
  })
  if (!delegates || hostsOf(root).length === 0) return []
  const merged = mergedIn(root, all)
  const rules = httpRules(merged.object)
  const index = merged.origins.findIndex(
    (origin) => origin.object.uid === ours.object.uid && origin.index === ours.rule.index,
  )
  const rule: Rule | undefined = rules.find((one) => one.index === index)
  return rule ? [{ object: merged.object, rule }] : []
}

/** An object with the rules of its delegates. */
export function mergedIn(root: RouteObject, all: readonly RouteObject[]) {
  return withDelegates(root, (to) =>
    all.find(({ namespace, name }) => namespace === to.namespace && name === to.name),
  )
}

function notProbed({ object }: Ours, others: readonly Ours[]): Problem[] {
  const names = others.map((one) => `${one.object.namespace}/${one.object.name}`)
  if (names.length === 0) return []
  return [
    warning(
      'ITS-OTHER-HOST-NOT-CHECKED',
      `The run sends only requests that VirtualService ${object.namespace}/${object.name} delegates. The rule also gets requests from ${names.join(', ')}. The split there is not checked.`,
      'To check it there too, run verify with endpoint and probe-host set to an address and a host of its gateway.',
    ),
  ]
}

function notListed({ namespace, name }: RouteObject, resource: Resource): Problem {
  return problem(
    'ITS-FORBIDDEN',
    `The address of the gateway cannot be found. ${namespace}/${name} has no hosts, so other VirtualServices delegate to it, and listing these is not allowed.`,
    `${grantingRule(resource, 'list')}\n${GIVE_ENDPOINT}`,
  )
}

function notUsed({ namespace, name }: RouteObject): Problem {
  return problem(
    'ITS-NO-GATEWAY',
    `No gateway uses the rule: ${namespace}/${name} has no hosts, and no VirtualService delegates to it.`,
    'Add hosts and gateways, or delegate to it from a VirtualService that has them.',
  )
}
