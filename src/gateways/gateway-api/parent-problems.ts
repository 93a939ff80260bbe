import { type Problem, problem, warning } from '../../problem/problem.ts'
import { type Parent, parentsOf } from '../../routes/gateway-api/rules/listeners.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import { type Rule, trafficWord } from '../../routes/rule.ts'
import { ruleOfMesh } from '../rule-of-mesh.ts'
import { conditionNow, reasonText } from './conditions.ts'
import type { GatewayObject } from './gateway-object.ts'

type Ours = { object: RouteObject; rule: Rule }

/** The error for a route that is attached to no Gateway. */
export function attachedToNone({ object }: Ours): Problem {
  const parents = parentsOf(object)
  const whose = `${object.kind} ${object.namespace}/${object.name}`
  const others = unsupported(parents)
  if (others.length > 0)
    return problem(
      'ITS-PARENT-NOT-SUPPORTED',
      `The address of the gateway cannot be found. ${whose} is attached to ${others.join(', ')}, and only parentRefs to Gateways are supported.`,
      'Attach the route to the listener of a Gateway, or set endpoint to a host:port that leads to the route.',
    )
  return parents.length === 0
    ? problem(
        'ITS-NO-GATEWAY',
        `${whose} has no parentRefs, so no gateway uses it.`,
        'Set endpoint to host:port.',
      )
    : ruleOfMesh(
        `The rule applies only to the mesh, not to a gateway, because the parentRefs of ${whose} name Services.`,
      )
}

/** A warning if a route is attached to something that is not supported, in addition to Gateways. */
export function unsupportedParents({ object, rule }: Ours): Problem[] {
  const others = unsupported(parentsOf(object))
  if (others.length === 0) return []
  return [
    warning(
      'ITS-PARENT-NOT-SUPPORTED',
      `The rule also gets the ${trafficWord(rule)}s of ${others.join(', ')}, and only parentRefs to Gateways are supported. The split there is not checked.`,
      'To check the split there too, run verify with endpoint set to a host:port that leads to it.',
    ),
  ]
}

function unsupported(parents: readonly Parent[]): string[] {
  return parents
    .filter(({ kind }) => kind === 'other')
    .map(({ type, namespace, name }) => `${type} ${namespace}/${name}`)
}

/** A warning for each further Gateway of a route. */
export function otherGateways(rule: Rule, own: string, others: readonly string[]): Problem[] {
  return others.map((name) =>
    warning(
      'ITS-OTHER-GATEWAY-NOT-CHECKED',
      `The run connects only to Gateway ${own}. The rule also gets the ${trafficWord(rule)}s of Gateway ${name}. The split there is not checked.`,
      `To check the split there too, run verify with endpoint set to the host:port of Gateway ${name}.`,
    ),
  )
}

/** A warning for a Gateway whose controller says that it is not ready. Samples show whether that is so. */
export function notProgrammed({
  namespace,
  name,
  generation,
  conditions,
}: GatewayObject): Problem[] {
  const found = conditionNow(generation, conditions, 'Programmed', 'False')
  if (found === undefined) return []
  return [
    warning(
      'ITS-GATEWAY-NOT-PROGRAMMED',
      `The controller of Gateway ${namespace}/${name} reports that it is not programmed (${reasonText(found)}), so new weights may not reach the proxies.`,
    ),
  ]
}
