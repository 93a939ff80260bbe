import { at, isObject } from '../../kube/json.ts'
import { inputProblem, type Problem, problem } from '../../problem/problem.ts'
import { kindOf } from '../../routes/kinds.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import type { Rule } from '../../routes/rule.ts'
import { itemsOf } from '../../routes/written-destinations.ts'

const MAPPING = 'expect with a mapping of every destination to a regular expression.'

/** Why the replies of a rule cannot be stamped; undefined where they can. */
export function stampProblem(object: RouteObject, rule: Rule): Problem | undefined {
  const { stamp } = rule.format
  const isOfRequests = rule.protocol === 'http' || rule.protocol === 'grpc'
  if (stamp === undefined || !isOfRequests)
    return inputProblem(
      'expect',
      'ITS-STAMP-NOT-POSSIBLE',
      `expect: stamp adds a response header to each destination, and ${rule.position} is a ${rule.protocol} rule.`,
      `Use ${MAPPING}`,
    )
  const refusal = kindOf(object).stampRefusal?.(object)
  if (refusal !== undefined)
    return inputProblem(
      'expect',
      'ITS-STAMP-NOT-POSSIBLE',
      `expect: stamp cannot be used, because ${refusal.why}.`,
      refusal.remedy === undefined
        ? `Use ${MAPPING}`
        : `${refusal.remedy} If no controller of Istio handles the route, use ${MAPPING}`,
    )
  const written = at(object.raw, ...rule.path)
  const conflict = stamp.conflict(isObject(written) ? written : {}, itemsOf(rule.written))
  if (conflict === undefined) return undefined
  return problem(
    'ITS-STAMP-CONFLICT',
    `expect: stamp cannot be used, because in ${rule.position}, ${conflict}.`,
    'Change that in the object, or use expect with a mapping.',
  )
}
