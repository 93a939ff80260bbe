import { parseGateway } from '../../src/gateways/istio/gateway-object.ts'
import { served } from '../../src/gateways/istio/shadowing/takers-before.ts'
import type { JsonObject } from '../../src/kube/json.ts'
import { httpHit } from '../../src/routes/istio/match/http-hit.ts'
import type { ClientPods, HttpRequest } from '../../src/routes/probe-request.ts'
import { parseRouteObject } from '../../src/routes/route-object.ts'

/** The rule that a request hits at the first server of a Gateway: `OBJECT http[INDEX]`, `none` or `unknown`. */
export function hitAt(
  gateway: JsonObject,
  objects: readonly JsonObject[],
  request: HttpRequest & { pods: ClientPods },
): string {
  const parsed = parseGateway(gateway)
  const [server] = parsed?.servers ?? []
  if (!parsed || !server) throw new Error('the Gateway has no server')
  const routes = objects.map((one) => {
    const read = parseRouteObject(one)
    if (read === undefined) throw new Error('not a VirtualService')
    return read
  })
  const found = httpHit(served({ gateway: parsed, server }, routes, request.pods), request)
  return found.kind === 'rule' ? `${found.object.name} ${found.rule.position}` : found.kind
}
