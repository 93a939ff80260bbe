import { grantingRule } from '../../../kube/resources.ts'
import { type Problem, warning } from '../../../problem/problem.ts'
import { coveringRule } from '../../../routes/gateway-api/match/covering-rule.ts'
import { rulesOf } from '../../../routes/kinds.ts'
import { gatewaysOf, MESH_GATEWAY, type Rule, trafficWord } from '../../../routes/rule.ts'
import type { ShadowSearch } from '../../gateway-finder.ts'
import { asFoundListener, NO_LISTENER } from '../found-listener.ts'
import { readNamespaceLabels } from '../namespaces.ts'
import { fittingOf, readParents } from '../read-parents.ts'
import { type ReadRoutes, readRoutes } from './read-routes.ts'
import { findOtherTaker, findTakers } from './taken-first.ts'

/**
 * Whether another route gets the rule's traffic first. This is decided as the Gateway API orders the routes of a
 * listener: by the most specific host, then the most specific match, then the age.
 */
export async function findShadowing(search: ShadowSearch, signal: AbortSignal): Promise<Problem[]> {
  const { api, object, rule, locating, probeHost, asking } = search
  // The preflight checks of the rule itself report that.
  if (coveringRule(rule, rulesOf(object))) return []
  if (gatewaysOf(rule).every((name) => name === MESH_GATEWAY)) return []
  const [request, located, read] = await Promise.all([
    asking?.catch(() => undefined),
    // The check that connects reports why it was not found.
    locating.then(asFoundListener).catch(() => NO_LISTENER),
    readRoutes(api, rule, signal),
  ])
  const fitting = located.fitting ?? fittingOf(await readParents(search, signal))
  const listeners = fitting.map(({ listener }) => listener)
  const labelsOf = await readNamespaceLabels(api, listeners, undefined, signal)
  const ours = { object, rule }
  const others = read.routes.filter(({ uid }) => uid !== object.uid)
  const where = { api, located, fitting, probeHost, labelsOf }
  const takers = findTakers(ours, others, where)
  return [
    ...notChecked(rule, read),
    ...(takers.length > 0 || !request ? takers : findOtherTaker(ours, others, request, where)),
  ]
}

function notChecked(rule: Rule, { denied }: ReadRoutes): Problem[] {
  const [resource] = denied
  if (resource === undefined) return []
  const plurals = denied.map(({ plural }) => plural)
  return [
    warning(
      'ITS-SHADOWING-NOT-CHECKED',
      `Whether another route gets the ${trafficWord(rule)}s of the same listener first was not checked, because listing ${plurals.join(' and ')} of all namespaces is not allowed.`,
      grantingRule(resource, 'list', plurals),
    ),
  ]
}
