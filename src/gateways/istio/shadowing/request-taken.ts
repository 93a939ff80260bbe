import { type Problem, problem } from '../../../problem/problem.ts'
import { httpHit } from '../../../routes/istio/match/http-hit.ts'
import { tlsHit } from '../../../routes/istio/match/tls-hit.ts'
import { isReadWith } from '../../../routes/istio/revision.ts'
import type { HitAmong } from '../../../routes/match/first-of.ts'
import type { ClientPods, ProbeRequest } from '../../../routes/probe-request.ts'
import type { RouteObject } from '../../../routes/route-object.ts'
import { trafficWord } from '../../../routes/rule.ts'
import type { AtServer } from './first-taker.ts'
import { possiblePods, type Where } from './taken-first.ts'
import { portText, takenRemedy } from './taken-texts.ts'
import { type Ours, served } from './takers-before.ts'

/**
 * The error if what the run sends hits a rule of another object, although the rule gets other traffic of the gateway.
 * Only what is sure is reported: where the namespace of the gateway's Pods is not known, it must be so for all.
 */
export function findOtherTaker(
  ours: Ours,
  others: readonly RouteObject[],
  request: ProbeRequest,
  { api, located: { at, pods } }: Where,
): Problem[] {
  if (at === undefined) return []
  const { object, rule } = ours
  const objects = [object, ...others]
  const hits = (pods ? [pods] : possiblePods(object, objects)).map((one) =>
    hitAt(at, objects, request, one),
  )
  const [hit] = hits
  const isSame = hits.every(
    (one) =>
      one?.kind === 'rule' &&
      hit?.kind === 'rule' &&
      one.object === hit.object &&
      one.object !== object,
  )
  if (hit?.kind !== 'rule' || !isSame || !isReadWith(object.raw, hit.object.raw)) return []
  const whose = (one: RouteObject) => `${one.namespace}/${one.name}`
  const taker = { object: hit.object, rule: hit.rule }
  return [
    problem(
      'ITS-PROBE-HITS-OTHER-RULE',
      `The ${trafficWord(rule)}s of this run would hit rule ${hit.rule.position} of VirtualService ${whose(hit.object)} instead of rule ${rule.position} of ${whose(object)}. ${request.protocol === 'http' ? 'Both have the same host on' : 'Both get connections of'} ${portText(at)}.`,
      `${takenRemedy(api, { at, takers: [taker], isSure: true })}\n${request.protocol === 'http' ? 'Or set probe-path, probe-headers or probe-host' : 'Or set probe-host'} so that the ${trafficWord(rule)}s hit rule ${rule.position}.`,
    ),
  ]
}

function hitAt(
  at: AtServer,
  objects: readonly RouteObject[],
  request: ProbeRequest,
  pods: ClientPods,
): HitAmong | undefined {
  const all = served(at, objects, pods)
  switch (request.protocol) {
    case 'http':
      return httpHit(all, { ...request, pods })
    case 'tls':
      return tlsHit(
        all.filter(({ hosts }) => hosts.length > 0).map(({ object }) => object),
        request,
      )
    case 'tcp':
      return undefined
  }
}
