import { type JsonObject, labelsAt, textAt, textsAt } from '../../../kube/json.ts'
import { type Answer, allHold } from '../../match/answer.ts'
import type { Arrival, ClientPods } from '../../probe-request.ts'
import { MESH_GATEWAY, type Rule } from '../../rule.ts'

/** The matches of a rule that apply at a port of a gateway. A rule without any has one that everything meets. */
export function matchesAt({ listeners }: Rule, { gateway, port }: Arrival): JsonObject[] {
  return listeners
    .filter((one) => one.gateway === gateway && (one.port === undefined || one.port === port))
    .map(({ match }) => match ?? {})
}

/**
 * Whether the proxies use an http match, by the Pods that it is for. At a gateway these are the gateway's own Pods. A match
 * that names gateways is not compared with them.
 * Source: istio, sourceMatchHTTP.
 */
export function isForProxies(match: JsonObject, { gateway, pods }: Arrival): Answer {
  if (textsAt(match, 'gateways').length > 0) return true
  const whose = gateway === MESH_GATEWAY ? 'the client' : 'the gateway'
  return allHold([namespaceFits(match, pods, whose), labelsFit(match, pods, whose)])
}

function namespaceFits(match: JsonObject, pods: ClientPods | undefined, whose: string): Answer {
  const wanted = textAt(match, 'sourceNamespace') || undefined
  if (wanted === undefined) return true
  return pods
    ? pods.namespace === wanted
    : {
        why: `the match is for Pods of namespace ${wanted}, and the namespace of ${whose} is not known`,
      }
}

/** Labels that are not known may be there: only a known one that differs excludes the Pods. */
function labelsFit(match: JsonObject, pods: ClientPods | undefined, whose: string): Answer {
  const fits = Object.entries(labelsAt(match, 'sourceLabels')).map(([key, value]): Answer => {
    const known = pods?.labels[key]
    if (known !== undefined) return known === value
    return {
      why: `the match is for Pods with label ${key}: ${value}, and whether ${whose} has it is not known`,
    }
  })
  return allHold(fits)
}

const CLIENT_FIELDS = ['destinationSubnets', 'sourceLabels', 'sourceNamespace', 'sourceSubnet']

/**
 * Whether the proxies use a match of a tcp or tls rule, by the Pods and addresses that it is for. Gateways ignore them.
 * Source: istio, l4SingleMatch.
 */
export function isForConnections(match: JsonObject, { gateway }: Arrival): Answer {
  const field = CLIENT_FIELDS.find((one) => one in match)
  if (gateway !== MESH_GATEWAY || field === undefined) return true
  return { why: `the match has ${field}, which depends on the client` }
}
