import type { ApiServer } from '../../../kube/api-server.ts'
import { type Problem, problem, warning } from '../../../problem/problem.ts'
import { connectionHit, requestHit } from '../../../routes/gateway-api/match/route-hit.ts'
import { virtualHostFor } from '../../../routes/match/virtual-host.ts'
import type { ProbeRequest } from '../../../routes/probe-request.ts'
import type { RouteObject } from '../../../routes/route-object.ts'
import { trafficWord } from '../../../routes/rule.ts'
import type { FoundListener } from '../found-listener.ts'
import type { AtListener } from '../listener-fit.ts'
import { reachedHosts } from '../listener-hosts.ts'
import type { NamespaceLabels } from '../namespaces.ts'
import {
  listenerText,
  mayTakeText,
  nameOf,
  placeRemedy,
  type Taken,
  takenRemedy,
  takenText,
} from './taken-texts.ts'
import {
  type AtPlace,
  type Ours,
  type Place,
  placesAt,
  servedAt,
  servedFor,
  sureOf,
  takersBefore,
} from './takers-before.ts'

/** What is known of the gateway. */
export type Where = {
  api: ApiServer
  located: FoundListener
  /** Listeners that the rule gets traffic of. */
  fitting: readonly AtListener[]
  /** The input `probe-host`. */
  probeHost: string | undefined
  labelsOf: NamespaceLabels
}

/**
 * Other routes that get the rule's traffic. It is an error if they get what the run sends, because then the weights
 * cannot be confirmed. At other listeners and for other hosts it is a warning.
 */
export function findTakers(ours: Ours, others: readonly RouteObject[], where: Where): Problem[] {
  const { located, fitting } = where
  const places = fitting.flatMap((at) => {
    const served = servedAt(at, ours.object, others, where.labelsOf)
    return placesAt(at, ours).map((place) => ({ place, served }))
  })
  const taken = places.flatMap(({ place, served }) => takenAt(place, ours, served) ?? [])
  const probed = taken.filter(({ at }) => isProbed(at, ours, where))
  const isError = ({ at }: Taken) =>
    located.at ? isProbed(at, ours, where) : taken.length === places.length
  const shown = probed.length > 0 ? probed : taken
  return shown.map((one) => {
    const remedy = placeRemedy(where.api, one, ours)
    if (one.doubt) return warning('ITS-PORT-MAY-BE-TAKEN', mayTakeText(one, ours), remedy)
    const what = takenText(one, ours)
    return isError(one)
      ? problem('ITS-PORT-TAKEN', what, remedy)
      : warning('ITS-PORT-TAKEN', what, remedy)
  })
}

function takenAt(at: Place, ours: Ours, all: readonly AtPlace[]): Taken | undefined {
  const served = servedFor(at, ours.object, all)
  const [first, ...later] = takersBefore(at, ours, sureOf(served))
  if (first) return { at, takers: [first, ...later] }
  const possible = takersBefore(
    at,
    ours,
    served.map(({ route }) => route),
  )
  const [perhaps, ...more] = possible
  const isTaker = ({ route }: AtPlace) => possible.some(({ object }) => object === route.object)
  const doubt = served.find((one) => one.doubt && isTaker(one))?.doubt
  return perhaps && doubt && { at, takers: [perhaps, ...more], doubt }
}

/** Whether the run connects to a place, and except with tcp rules asks for its host. */
function isProbed({ host, ...place }: Place, { object }: Ours, { located, probeHost }: Where) {
  const { at, hosts } = located
  const asked = probeHost ?? hosts[0]
  return (
    at !== undefined &&
    at.gateway.namespace === place.gateway.namespace &&
    at.gateway.name === place.gateway.name &&
    at.listener.name === place.listener.name &&
    (host === undefined ||
      asked === undefined ||
      host === virtualHostFor(reachedHosts(place, object), asked))
  )
}

/** The error if what the run sends hits a rule of another route, although the rule gets other traffic of the listener. */
export function findOtherTaker(
  { object, rule }: Ours,
  others: readonly RouteObject[],
  request: ProbeRequest,
  { api, located: { at }, labelsOf }: Where,
): Problem[] {
  if (at === undefined) return []
  const asked = request.protocol === 'tls' ? request.sni : ''
  const name = request.protocol === 'http' ? request.authority : asked
  const host = virtualHostFor(reachedHosts(at, object), name)
  const sure = sureOf(servedFor({ ...at, host }, object, servedAt(at, object, others, labelsOf)))
  const hit = request.protocol === 'http' ? requestHit(sure, request) : connectionHit(sure, request)
  if (hit.kind !== 'rule' || hit.object.uid === object.uid) return []
  const theirs = `${hit.rule.position} of ${hit.object.kind} ${nameOf(hit.object)}`
  const inputs =
    request.protocol === 'http' ? 'probe-path, probe-headers or probe-host' : 'probe-host'
  return [
    problem(
      'ITS-PROBE-HITS-OTHER-RULE',
      `The ${trafficWord(rule)}s of this run would hit ${theirs} instead of ${rule.position} of ${nameOf(object)}. Both routes are attached to ${listenerText(at)}.`,
      `${takenRemedy(api, [hit])}\nOr set ${inputs} so that the ${trafficWord(rule)}s hit ${rule.position}.`,
    ),
  ]
}
