import { at, isObject } from '../../../kube/json.ts'
import { kubectl } from '../../../kube/kubectl.ts'
import { type Problem, problem, warning } from '../../../problem/problem.ts'
import { capitalized } from '../../../problem/sentence.ts'
import type { PreflightCheck } from '../../route-kind.ts'
import { type Rule, sharesOf, trafficWord } from '../../rule.ts'
import { GATEWAY_API } from '../../types/route-types.ts'
import { coveringRule } from '../match/covering-rule.ts'
import { isObserved, rejectionOf } from './route-status.ts'

/** The checks of a route and its rule before the write, with the rules of a route. */
export function routeChecks(
  rulesOf: (object: Parameters<PreflightCheck>[0]['object']) => readonly Rule[],
): PreflightCheck[] {
  const checkCovered: PreflightCheck = async ({ object, rule }) => {
    const covering = coveringRule(rule, rulesOf(object))
    return covering === undefined ? [] : [covered(object.name, rule, covering)]
  }
  return [checkCovered, checkStatus, checkPersistence, checkWeights]
}

function covered(name: string, rule: Rule, covering: Rule): Problem {
  const { protocol } = rule
  const isOfRequests = protocol === 'http' || protocol === 'grpc'
  return problem(
    'ITS-RULE-SHADOWED',
    isOfRequests
      ? `${capitalized(rule.position)} of ${name} never gets a request: ${covering.position} matches all of its requests, and is compared first.`
      : `${capitalized(rule.position)} of ${name} never gets a connection: ${covering.position} before it gets all of them.`,
    `Remove one of the two rules${isOfRequests ? ', or give this one a more specific match' : ''}.`,
  )
}

/** What controllers say about the route before the write. It shows what each write would be answered with. */
const checkStatus: PreflightCheck = async ({ api, object }) => {
  const look = `Look at its status:\n  ${kubectl(api, object.namespace)} get ${object.kind.toLowerCase()}s.${GATEWAY_API} ${object.name} --output yaml`
  const why = rejectionOf(object)
  if (why !== undefined)
    return [
      problem(
        'ITS-ROUTE-NOT-ACCEPTED',
        `${object.kind} ${object.namespace}/${object.name} is not accepted as it is: ${why}.`,
        `Correct the object first, since every write would be refused for the same reason. ${look}`,
      ),
    ]
  if (isObserved(object)) return []
  return [
    warning(
      'ITS-ROUTE-NOT-OBSERVED',
      `No controller has reported on the present generation of ${object.kind} ${object.namespace}/${object.name}, so none may be acting on it.`,
      `Check that the controller of its Gateway runs. ${look}`,
    ),
  ]
}

const checkPersistence: PreflightCheck = async ({ object, rule }) => {
  if (!isObject(at(object.raw, ...rule.path, 'sessionPersistence'))) return []
  const unit = trafficWord(rule)
  return [
    warning(
      'ITS-SESSION-PERSISTENCE',
      `${capitalized(rule.position)} of ${object.name} has sessionPersistence. Clients stay with the backend of their first ${unit}, so new weights act on new sessions only.`,
      'The samples of this run keep no cookie, so each of them is a new session. Expect the split of the users to follow later.',
    ),
  ]
}

const checkWeights: PreflightCheck = async ({ object, rule }) => {
  const shares = sharesOf(rule)
  if (shares.length === 0 || shares.some((share) => share > 0)) return []
  const effect =
    trafficWord(rule) === 'request'
      ? 'its requests are answered with status 500'
      : 'its connections are refused'
  return [
    problem(
      'ITS-RULE-WITHOUT-WEIGHT',
      `All backends of ${rule.position} of ${object.name} have weight 0, so ${effect}. A run starts only if a backend replies before the write.`,
      'Set the weight of a backend above 0 in the object yourself. Then run it again.',
    ),
  ]
}
